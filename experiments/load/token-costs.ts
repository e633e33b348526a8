import { inWindow, type MeasuredWindow } from '../../core/measured-window.ts';
import { randomStream } from '../../core/random.ts';
import type { RecordLog } from '../../core/record-log.ts';
import { US_PER_S } from '../../core/time.ts';
import type { AnswerTime } from '../../scenarios/preview-stream.ts';
import { type FleetGroup, type Scenario, withPlainGateway } from '../../scenarios/scenario.ts';
import type { MeanJob } from '../../scenarios/tenant-source.ts';
import { type FleetFacts, fleetFacts } from '../../sim/fleet-facts.ts';
import { simulate } from '../../sim/simulate.ts';
import { findStrategy } from '../run-task.ts';
import { BacklogSource } from './backlog-source.ts';
import { type SteadyOptions, steadyTraffic } from './steady-traffic.ts';

/** Seconds that a replica of a group works for a token of a prompt, cached or not, or an answer. */
export interface TokenCosts {
  readonly promptTokenS: number;
  readonly answerTokenS: number;
}

export interface CostOptions extends SteadyOptions {
  readonly scenario: Scenario;
  /** Of an idle engine of each group. */
  readonly answerTimes: readonly AnswerTime[];
  readonly job: MeanJob;
  /** How many requests to count, 1 being the usual. */
  readonly effort: number;
}

/** More replicas would only repeat what these do. */
const mostReplicas = 2;
const countedRequests = 3_000;
const mostToFillCaches = 5_000;
const weekUs = 168 * 3_600 * US_PER_S;

/** Of each group, measured on a fleet that always has somebody waiting. */
export function measureCosts(options: CostOptions): TokenCosts[] {
  const { effort, job, jobsPerS, scenario, seed } = options;
  const total = replicasOf(scenario);
  const fleet = scenario.fleet.map((group) => ({
    ...group,
    replicas: Math.max(1, Math.round(group.replicas * Math.min(1, mostReplicas / total))),
  }));
  const quiet = { traffic: [], events: [], warmupUs: 0, durationUs: weekUs };
  const small: Scenario = { ...withPlainGateway(scenario), ...quiet, fleet };
  const part = replicasOf(small) / total;
  const meanTokens = (job.promptTokens + job.outputTokens) / job.requests;
  const facts = fleetFacts(small);
  const backlog = backlogOf(facts, meanTokens);
  const warm = 2 * backlog + cacheFillOf(facts, meanTokens);
  // By Little's law; a follow-up must not be sent while what it follows is still in the system.
  const answerUs = (backlog * US_PER_S) / (jobsPerS * job.requests * part);
  const counted = Math.ceil(effort * Math.max(countedRequests, 1.5 * backlog));
  const { log } = simulate({
    scenario: small,
    strategy: findStrategy('least-tokens'),
    strategyOptions: {},
    seed,
    traffic: new BacklogSource({
      traffic: steadyTraffic(options, answerUs),
      backlog,
      // The second backlog keeps engines full until the answers of the window are complete.
      requests: warm + counted + 2 * backlog,
      share: Math.max(1 / 16, part),
      chance: randomStream(seed, 'capacity'),
    }),
  });
  const ends = log.numbers('endUs');
  const window = { fromUs: ends[warm - 1]!, untilUs: ends[warm + counted - 1]! };
  return fleet.map((group, index) => costsOf(group, log, window, options.answerTimes[index]!));
}

/**
 * All of the time of the replicas goes into tokens. What a prompt token costs is known of an idle
 * engine, whose prompts are limited by computing just as those of a busy one; answers have the
 * rest.
 */
function costsOf(
  { name, replicas }: FleetGroup,
  log: RecordLog,
  window: MeasuredWindow,
  { perPromptTokenUs }: AnswerTime,
): TokenCosts {
  const tokens = tokensIn(log, window, (replica) => groupOf(replica) === name);
  const timeS = ((window.untilUs - window.fromUs) / US_PER_S) * replicas;
  const computed = 1 - tokens.cached / tokens.prompt;
  const promptTokenS = Math.min(
    (perPromptTokenUs / US_PER_S) * computed,
    (mostForPrompts * timeS) / tokens.prompt,
  );
  const answerTokenS = (timeS - promptTokenS * tokens.prompt) / tokens.answer;
  return { promptTokenS, answerTokenS };
}

const mostForPrompts = 0.95;

/** What was read and written inside the window; of an answer that began before it, the rest. */
function tokensIn(log: RecordLog, window: MeasuredWindow, isMeant: (replica: string) => boolean) {
  const [firsts, lasts] = [log.numbers('firstTokenUs'), log.numbers('lastTokenUs')];
  const [inputs, outputs] = [log.numbers('inputTokens'), log.numbers('outputTokens')];
  const cached = log.numbers('cachedTokens');
  const sum = { answer: 0, prompt: 0, cached: 0 };
  for (let row = 0; row < log.length; row++) {
    const [firstUs, lastUs] = [firsts[row]!, lasts[row]!];
    if (Number.isNaN(firstUs) || !isMeant(log.text('replica', row))) continue;
    const insideUs = Math.min(lastUs, window.untilUs) - Math.max(firstUs, window.fromUs);
    if (insideUs > 0) sum.answer += ((outputs[row]! - 1) * insideUs) / (lastUs - firstUs);
    if (!inWindow(window, firstUs)) continue;
    sum.answer += 1;
    sum.prompt += inputs[row]!;
    sum.cached += cached[row]!;
  }
  return sum;
}

/** Replicas are called by their group and a number. */
function groupOf(replica: string): string {
  return replica.slice(0, replica.lastIndexOf('-'));
}

/** Enough that the replica with the most room still has somebody waiting. */
function backlogOf(fleet: readonly FleetFacts[], meanTokens: number): number {
  const rooms = fleet.map(({ engines, kvTokens, maxNumSeqs }) => {
    return engines * Math.min(maxNumSeqs, kvTokens / (meanTokens / 2));
  });
  return replicasOf({ fleet }) * Math.ceil(1.25 * Math.max(...rooms) + 16);
}

function cacheFillOf(fleet: readonly FleetFacts[], meanTokens: number): number {
  const tokens = fleet.reduce(
    (sum, { engines, kvTokens, replicas }) => sum + replicas * engines * kvTokens,
    0,
  );
  return Math.min(mostToFillCaches, Math.ceil((1.5 * tokens) / meanTokens));
}

function replicasOf({ fleet }: { fleet: readonly { replicas: number }[] }): number {
  return fleet.reduce((sum, { replicas }) => sum + replicas, 0);
}
