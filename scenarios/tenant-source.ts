import { assert } from '../core/assert.ts';
import { createPlugin } from '../core/plugin.ts';
import { type Random, randomStream } from '../core/random.ts';
import type { RequestLimits } from '../core/slo.ts';
import { arrivals } from './arrivals/registry.ts';
import { JobSource, type JobStarts } from './job-source.ts';
import { jobs } from './jobs/registry.ts';
import { type JobContext, type JobMaker, tokensOf } from './jobs.ts';
import { Population } from './population.ts';
import { requestLengths } from './request-lengths.ts';
import { mostSessions, RequestMaker } from './request-maker.ts';
import type { RequestSpec } from './request-stream.ts';
import type { PlayedTrace, Tenant } from './scenario.ts';
import type { Share } from './share.ts';
import { singleJobs } from './single-jobs.ts';
import { SingleRequests } from './single-requests.ts';
import { Texts } from './texts.ts';
import { meanRow, TraceSource } from './trace-source.ts';
import type { SharedTrace } from './traces/shared-trace.ts';
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
  /** The numbers of all adapters. */
  readonly adapters: ReadonlyMap<string, number>;
  readonly limits: RequestLimits;
  readonly seed: number;
  /** Of the users of a closed loop; other traffic is made whole. */
  readonly share: Share;
}

export function createTenantSource(given: TenantSourceOptions): TenantSource {
  const { index, options, seed } = given;
  const chance = (purpose: string) => randomStream(seed, `${purpose}/${options.tenant}`);
  const texts = new Texts(index);
  if (options.trace !== undefined) return traceSource(given, options.trace, { chance, texts });
  const requests = new RequestMaker({ ...given, chance });
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
    starts: startsOf(given, chance),
    jobs: jobMaker(options, context),
    requests,
    firstSession: options.job === undefined ? undefined : index * mostSessions + 1,
  });
}

function traceSource(
  given: TenantSourceOptions,
  played: PlayedTrace,
  { chance, texts }: Pick<JobContext, 'chance' | 'texts'>,
): TraceSource {
  const { repeat, rotate = repeat } = played;
  const trace = rowsOf(played);
  const { adapters, index, options } = given;
  const names = [options.tenant, ...trace.tenants.map((name) => `${options.tenant}/${name}`)];
  return new TraceSource({
    trace,
    repeat,
    rotate,
    requests: new RequestMaker({ ...given, names, chance }),
    texts,
    firstSession: index * mostSessions + 1,
    adapters: trace.adapters.map((name) => adapters.get(name)!),
    arrivals: trace.timed ? undefined : arrivalsOf(options, chance),
    chance,
  });
}

function rowsOf({ rows }: PlayedTrace): SharedTrace {
  assert(rows !== undefined, 'the trace was read when the scenario was loaded');
  return rows;
}

function jobMaker(options: Tenant, context: JobContext): JobMaker {
  if (options.job !== undefined) return createPlugin(jobs, options.job, context);
  return singleJobs(options.prefix, requestLengths(options, context.chance), context);
}

function startsOf(
  { options, share }: TenantSourceOptions,
  chance: (purpose: string) => Random,
): JobStarts {
  const { users } = options;
  if (users === undefined) return { kind: 'open', arrivals: arrivalsOf(options, chance) };
  return {
    kind: 'closed',
    firstUs: firstStartsUs(users).filter((_us, user) => user % share.of === share.index),
    users: users.users,
    share,
    nextPauseUs: createWait(users.pause, chance('pause')),
  };
}

function arrivalsOf(
  { arrivals: options, growth, load, loadRate }: Tenant,
  chance: (purpose: string) => Random,
) {
  assert(load === undefined || loadRate !== undefined, 'a load becomes a rate before the run');
  const rateFactor = (loadRate?.factor ?? 1) * (growth?.requests ?? 1);
  return createPlugin(arrivals, options!, { chance, rateFactor });
}

/** What the jobs of an entry ask for on average; a request on its own is a job of one. */
export interface MeanJob {
  readonly requests: number;
  readonly promptTokens: number;
  readonly outputTokens: number;
}

export function meanJob(options: Tenant, seed: number): MeanJob {
  const { trace } = options;
  if (trace !== undefined) return meanRow(rowsOf(trace));
  const chance = (purpose: string) => randomStream(seed, `${purpose}/${options.tenant}`);
  const members = options.population?.tenants;
  const jobs = jobMaker(options, { chance, texts: new Texts(0), members });
  const senders = options.population && new Population(options.population, chance);
  const drawn = options.job === undefined ? averagedJobs.single : averagedJobs.many;
  let [requests, promptTokens, outputTokens] = [0, 0, 0];
  for (let job = 0; job < drawn; job++) {
    for (const round of jobs.next(senders?.next(0) ?? 0).rounds) {
      requests += round.requests.length;
      for (const request of round.requests) {
        promptTokens += tokensOf(request.prompt);
        outputTokens += request.outputTokens;
      }
    }
  }
  return {
    requests: requests / drawn,
    promptTokens: promptTokens / drawn,
    outputTokens: outputTokens / drawn,
  };
}

/** Tokens of the prompt and the answer of the shortest of so many requests. */
export function shortestRequest(options: Tenant, draws: number): number {
  const chance = (purpose: string) => randomStream(0, `${purpose}/${options.tenant}`);
  const members = options.population?.tenants;
  const jobs = jobMaker(options, { chance, texts: new Texts(0), members });
  const lengths = Array.from({ length: draws }, () =>
    jobs
      .next(0)
      .rounds.flatMap(({ requests }) =>
        requests.map(({ outputTokens, prompt }) => tokensOf(prompt) + outputTokens),
      ),
  );
  return lengths
    .flat()
    .reduce((least, tokens) => Math.min(least, tokens), Number.POSITIVE_INFINITY);
}

/** The fewer, the more requests each has. */
const averagedJobs = { many: 10_000, single: 100_000 };
