import { FairleadError } from '../../core/errors.ts';
import type { LatencyMs } from '../../reports/latency-ms.ts';
import type { MetricName } from '../../reports/metrics.ts';
import type { Comparison, StrategySummary } from '../../reports/summary.ts';
import type { LatencyObjective } from './gated-metrics.ts';
import { fleetMetrics, type SeedFigures } from './seed-figures.ts';

/** The result of live runs, and where it was read. */
export interface LiveResult {
  readonly folder: string;
  readonly comparison: Comparison;
}

/** Which of the strategies in the folders is judged; the only one when nobody says. */
export function strategyIn({ comparison, folder }: LiveResult, asked?: string): StrategySummary {
  const { strategies } = comparison;
  const names = strategies.map(({ name }) => name);
  const found = strategies.find(({ name }) => name === asked);
  if (found !== undefined) return found;
  // A load generator names the server it has measured, which is another one each time.
  if (strategies.length === 1 && comparison.live !== undefined) return strategies[0]!;
  if (strategies.length === 1 && asked === undefined) return strategies[0]!;
  const problem = asked === undefined ? 'several strategies' : `no strategy "${asked}"`;
  const message = `${folder} holds ${problem}. Choose one with --strategy: ${names.join(', ')}.`;
  throw new FairleadError('USAGE', message);
}

/** Repetition by repetition, in the order of the folders. */
export function liveFigures(results: readonly LiveResult[], asked?: string): SeedFigures[] {
  return results.flatMap((result) => {
    const strategy = strategyIn(result, asked);
    const { meta } = result.comparison;
    return meta.seeds.map((seed, index) => figuresOf(result.comparison, { strategy, seed, index }));
  });
}

interface Place {
  readonly strategy: StrategySummary;
  readonly seed: number;
  readonly index: number;
}

function figuresOf(comparison: Comparison, { index, seed, strategy }: Place): SeedFigures {
  const { live, liveRuns = [] } = comparison;
  const facts = liveRuns.find((run) => run.strategy === strategy.name && run.seed === seed);
  const own = (name: MetricName) => strategy.metrics[name].perSeed[index] ?? null;
  const ms: Partial<LatencyMs> = facts?.latencyMs ?? live?.latencyMs ?? {};
  const known = { ttftP50Ms: own('ttftP50Ms'), ttftP99Ms: own('ttftP99Ms') };
  const tails = { tpotP99Ms: own('tpotP99Ms'), e2eP99Ms: own('e2eP99Ms') };
  const replicas = strategy.replicas.map(
    ({ replica, tpotP50Ms = null }) => [replica, tpotP50Ms] as const,
  );
  // A mean over several runs is nobody's figure.
  const isAlone = comparison.meta.seeds.length === 1;
  return {
    seed,
    saturated: strategy.saturatedSeeds * 2 >= comparison.meta.seeds.length,
    metrics: fleetMetrics(own('attainmentShare'), { ...ms, ...known, ...tails }),
    replicaTpotP50: facts?.replicaTpotP50Ms ?? (isAlone ? Object.fromEntries(replicas) : {}),
  };
}

/** Why the runs of a folder say nothing. */
export function liveProblem(
  { comparison, folder }: LiveResult,
  asked?: string,
): string | undefined {
  const { live, liveRuns = [], meta } = comparison;
  if (meta.simulated) {
    const message = `${folder} holds simulated runs. Gate them by their scenario: fairlead gate <scenario> --baseline <file>.`;
    throw new FairleadError('USAGE', message);
  }
  if (live?.isInterrupted) return `${folder}: it was interrupted`;
  if (live?.isValid === false) return `${folder}: its load generator was late`;
  const { name } = strategyIn({ comparison, folder }, asked);
  const bad = liveRuns.find((run) => run.strategy === name && run.invalid.length > 0);
  return bad && `${folder}, seed ${bad.seed}: ${bad.invalid.join('; ')}`;
}

/** Why two folders cannot be held against each other; undefined when they can. */
export function liveDifference(one: LiveResult, other: LiveResult): string | undefined {
  const [a, b] = [one, other].map(({ comparison: { live, liveRuns = [], scenario } }) => ({
    traffic: JSON.stringify(scenario.traffic.map(({ load: _load, ...tenant }) => tenant)),
    time: `${scenario.warmupUs} ${scenario.durationUs}`,
    pace: String((live ?? liveRuns[0])?.timeScale ?? 1),
    requests: String(live?.mostRequests),
    slo: JSON.stringify(scenario.slo),
  })) as [Asked, Asked];
  const differing = (Object.keys(a) as (keyof Asked)[]).find((key) => a[key] !== b[key]);
  if (differing === undefined) return undefined;
  return `${other.folder} has another ${wordOf[differing]} than ${one.folder}`;
}

const wordOf = {
  traffic: 'traffic',
  time: 'warm-up or duration',
  pace: '--time-scale',
  requests: 'number of --requests',
  slo: 'SLO',
} as const;
type Asked = Record<keyof typeof wordOf, string>;

export function liveObjectives({ slo }: Comparison['scenario']): LatencyObjective[] {
  return slo.flatMap(({ limit, metric, text }) => {
    const statistic = /^\w+\.(mean|p[\d.]+)/.exec(text)?.[1];
    return metric === 'goodput' || statistic === undefined
      ? []
      : [{ metric, statistic, limitMs: limit }];
  });
}
