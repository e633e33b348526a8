import { mean } from 'simple-statistics';
import type { Scenario, Tenant } from '../../scenarios/scenario.ts';
import { type MeanJob, meanJob } from '../../scenarios/tenant-source.ts';
import { idleAnswerTime } from './idle-answer-time.ts';
import { measureCosts, type TokenCosts } from './token-costs.ts';

/** What a fleet can sustain of one traffic and nothing else. */
export interface Capacity {
  /** Requests, or beginnings of jobs. */
  readonly rps: number;
  readonly requestsPerJob: number;
}

/** Texts that many requests share are drawn once for a seed; one seed would be one draw. */
const seeds = { single: [1, 2, 3, 4], jobs: [1, 2] };

/** Rough is good to a tenth or so, and ten times as fast. */
export type CapacityPrecision = 'exact' | 'rough';

/**
 * The rate at which the fleet gets through the requests of an entry when it is never short of them:
 * below it every backlog shrinks, above it every backlog grows. The engines are the simulated ones,
 * under least-tokens, with the caches that this traffic leaves in them; there are no faults, and
 * nobody gives up. It is the same at every call.
 *
 * The few thousand requests that are simulated are by chance longer or shorter than those of the
 * entry in the long run. So what is taken from the simulation is how long a replica works for a
 * token; what a request costs follows from its mean lengths, which many draws tell for next to
 * nothing.
 */
export function measureCapacity(
  scenario: Scenario,
  entry: Tenant,
  precision: CapacityPrecision = 'exact',
): Capacity {
  const answerTimes = scenario.fleet.map((group) => idleAnswerTime(scenario, group));
  const steady = steadyEntry(entry);
  const all = entry.job === undefined ? seeds.single : seeds.jobs;
  const [used, effort] = precision === 'exact' ? [all, 1] : [all.slice(0, 1), 0.25];
  const jobs = used.map((seed) => meanJob(steady, seed));
  const world = { scenario, entry: steady, answerTimes };
  let guessRps = scenario.fleet.reduce((sum, { replicas }) => sum + replicas, 0);
  if (entry.job !== undefined) {
    // When the requests of a job come between those of others depends on the rate itself.
    const jobsPerS = guessRps / jobs[0]!.requests;
    const [seed, job] = [used[0]!, jobs[0]!];
    const costs = measureCosts({ ...world, seed, job, jobsPerS, effort: 0.25 });
    guessRps = sustained(scenario, costs, jobs[0]!) * jobs[0]!.requests;
  }
  const rates = used.map((seed, index) => {
    const job = jobs[index]!;
    const jobsPerS = guessRps / job.requests;
    return sustained(scenario, measureCosts({ ...world, seed, job, jobsPerS, effort }), job);
  });
  return { rps: mean(rates), requestsPerJob: mean(jobs.map(({ requests }) => requests)) };
}

/** Jobs per second that all replicas together have the time for. */
function sustained(
  { fleet }: Scenario,
  costs: readonly TokenCosts[],
  { outputTokens, promptTokens }: MeanJob,
): number {
  return fleet.reduce((sum, { replicas }, index) => {
    const { answerTokenS, promptTokenS } = costs[index]!;
    return sum + replicas / (promptTokenS * promptTokens + answerTokenS * outputTokens);
  }, 0);
}

/** The entry as it is in the long run: without clients who give up, and times that are special. */
function steadyEntry(entry: Tenant): Tenant {
  const { arrivals: _arrivals, client: _client, load: _load, population, trace, ...mix } = entry;
  return {
    ...mix,
    tenant: 'capacity',
    ...(population === undefined ? {} : { population: { ...population, surges: [] } }),
    ...(trace === undefined ? {} : { trace: { ...trace, repeat: true, rotate: true } }),
  };
}
