import { createPlugin } from '../core/plugin.ts';
import { type Random, randomStream } from '../core/random.ts';
import { arrivals } from './arrivals/registry.ts';
import { JobSource, type JobStarts } from './job-source.ts';
import { jobs } from './jobs/registry.ts';
import type { JobContext, JobMaker } from './jobs.ts';
import { requestLengths } from './request-lengths.ts';
import { mostSessions, RequestMaker } from './request-maker.ts';
import type { RequestSpec } from './request-stream.ts';
import type { Tenant } from './scenario.ts';
import { singleJobs } from './single-jobs.ts';
import { SingleRequests } from './single-requests.ts';
import { Texts } from './texts.ts';
import { firstStartsUs } from './users.ts';
import { createWait } from './waits.ts';

/** The traffic of one entry of a scenario. */
export interface TenantSource {
  /** When the next request comes; infinity while all wait for others to end. */
  readonly nextArrivalUs: number;
  next(id: number): RequestSpec;
  ended?(id: number, nowUs: number): void;
}

export interface TenantSourceOptions {
  readonly options: Tenant;
  /** Its place in the scenario. */
  readonly index: number;
  /** Number of the tenant's LoRA adapter, 0 for none. */
  readonly adapter: number;
  readonly seed: number;
}

export function createTenantSource(given: TenantSourceOptions): TenantSource {
  const { index, options, seed } = given;
  const chance = (purpose: string) => randomStream(seed, `${purpose}/${options.tenant}`);
  const requests = new RequestMaker({ ...given, chance });
  const texts = new Texts(index);
  const members = options.population?.tenants;
  const context = { chance, texts, members };
  if (options.job === undefined && options.users === undefined) {
    return new SingleRequests({
      ...context,
      options,
      requests,
      arrivals: arrivalsOf(options, chance),
    });
  }
  return new JobSource({
    starts: startsOf(options, chance),
    jobs: jobMaker(options, context),
    requests,
    firstSession: options.job === undefined ? undefined : index * mostSessions + 1,
  });
}

function jobMaker(options: Tenant, context: JobContext): JobMaker {
  if (options.job !== undefined) return createPlugin(jobs, options.job, context);
  return singleJobs(options.prefix, requestLengths(options, context.chance), context);
}

function startsOf(options: Tenant, chance: (purpose: string) => Random): JobStarts {
  const { users } = options;
  if (users === undefined) return { kind: 'open', arrivals: arrivalsOf(options, chance) };
  return {
    kind: 'closed',
    firstUs: firstStartsUs(users),
    nextPauseUs: createWait(users.pause, chance('pause')),
  };
}

function arrivalsOf({ arrivals: options }: Tenant, chance: (purpose: string) => Random) {
  return createPlugin(arrivals, options!, { chance, rateFactor: 1 });
}
