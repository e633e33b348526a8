import { mean } from 'simple-statistics';
import { noOutcomes } from '../core/request-record.ts';
import { type MetricName, metricNames, metrics } from '../reports/metrics.ts';
import { round, roundOrNull } from '../reports/round.ts';
import type {
  MetricSummary,
  OutcomeCounts,
  ReplicaShare,
  RunSummary,
  StrategySummary,
  TailPoint,
  TenantShare,
} from '../reports/summary.ts';
import type { StrategyChoice } from '../scenarios/scenario.ts';
import { type FleetVariant, usdPerHour } from './fleets/fleet-variant.ts';
import { usdPerMillionTokens } from './fleets/token-price.ts';
import { confidence, meanWithInterval, pairedChange, pairedOutcome } from './statistics/paired.ts';

/** The runs of one strategy, one for each seed. */
export interface StrategyRuns {
  readonly strategy: StrategyChoice;
  /** Where strategies are compared on several. */
  readonly fleet?: FleetVariant | undefined;
  readonly runs: readonly RunSummary[];
}

/** `level` is that of the tests which say who is tied with the best. */
export function summariseStrategies(
  all: readonly StrategyRuns[],
  level = 1 - confidence,
): StrategySummary[] {
  const best = new Map(metricNames.map((name) => [name, bestOf(all, name)]));
  return all.map((one) => ({
    name: one.strategy.name,
    options: one.strategy.options,
    metrics: byMetric((name) => summariseMetric(one, { best: best.get(name), level, name })),
    thresholds: summariseThresholds(one.runs),
    outcomes: sumOutcomes(one.runs),
    saturatedSeeds: one.runs.filter((run) => run.saturated).length,
    ttftTail: meanTail(one.runs),
    replicas: meanShares(one.runs),
    ...(one.fleet === undefined ? {} : { cost: costOf(one, one.fleet) }),
    ...(one.runs[0]!.tenants === undefined ? {} : { tenants: meanTenants(one.runs) }),
  }));
}

function costOf({ runs }: StrategyRuns, fleet: FleetVariant): StrategySummary['cost'] {
  const hourly = usdPerHour(fleet);
  const tokensPerS = mean(runs.map(({ metrics: { outputTokensPerS } }) => outputTokensPerS ?? 0));
  return {
    fleet: fleet.label,
    usdPerHour: hourly,
    usdPerMillionTokens: hourly === null ? null : usdPerMillionTokens(hourly, tokensPerS),
  };
}

/** The strategy with the best mean of a metric among those that could keep up. */
export function bestOf(all: readonly StrategyRuns[], name: MetricName): StrategyRuns | undefined {
  return ranked(all, name)[0];
}

/** Strategies that kept up in most seeds and have the metric, best first. */
export function ranked(all: readonly StrategyRuns[], name: MetricName): StrategyRuns[] {
  const sign = metrics[name].better === 'lower' ? 1 : -1;
  return all
    .filter((one) => keptUp(one) && hasMetric(one, name))
    .map((one) => ({ one, mean: mean(valuesOf(one, name)) }))
    .sort((a, b) => sign * (a.mean - b.mean))
    .map(({ one }) => one);
}

export function keptUp({ runs }: StrategyRuns): boolean {
  return runs.filter((run) => run.saturated).length * 2 < runs.length;
}

export function valuesOf({ runs }: StrategyRuns, name: MetricName): number[] {
  return runs.flatMap((run) => run.metrics[name] ?? []);
}

function hasMetric(one: StrategyRuns, name: MetricName): boolean {
  return valuesOf(one, name).length === one.runs.length;
}

function summariseMetric(
  one: StrategyRuns,
  { best, level, name }: { best: StrategyRuns | undefined; level: number; name: MetricName },
): MetricSummary {
  const perSeed = one.runs.map((run) => run.metrics[name]);
  if (!hasMetric(one, name)) {
    return { mean: null, interval: null, perSeed, standing: 'none', versusBest: null };
  }
  const { mean, interval } = meanWithInterval(valuesOf(one, name));
  const figures = {
    mean: round(mean),
    interval: interval && { low: round(interval.low), high: round(interval.high) },
    perSeed,
  };
  if (best === undefined || !keptUp(one)) {
    return { ...figures, standing: 'none', versusBest: null };
  }
  if (best === one) return { ...figures, standing: 'best', versusBest: null };
  const { better } = metrics[name];
  const [bestValues, values] = [valuesOf(best, name), valuesOf(one, name)];
  const versusBest = pairedChange(bestValues, values, better);
  const isBehind = pairedOutcome(bestValues, values, { better, level }) === 'worse';
  return { ...figures, standing: isBehind ? 'behind' : 'tied', versusBest };
}

/** A threshold holds for a strategy when it held in most of its seeds. */
function summariseThresholds(runs: readonly RunSummary[]): StrategySummary['thresholds'] {
  return runs[0]!.thresholds.map(({ text }, index) => {
    const results = runs.map((run) => run.thresholds[index]!);
    const values = results.flatMap(({ value }) => value ?? []);
    const kept = results.filter(({ holds }) => holds).length;
    return {
      text,
      holds: kept * 2 > runs.length,
      value: values.length === runs.length ? roundOrNull(mean(values)) : null,
    };
  });
}

function sumOutcomes(runs: readonly RunSummary[]): OutcomeCounts {
  const sum: OutcomeCounts = { counted: 0, ...noOutcomes() };
  for (const { outcomes } of runs) {
    for (const name of Object.keys(sum) as (keyof OutcomeCounts)[]) sum[name] += outcomes[name];
  }
  return sum;
}

/** Points that every seed has, each the mean over the seeds. */
function meanTail(runs: readonly RunSummary[]): TailPoint[] {
  const length = Math.min(...runs.map((run) => run.ttftTail.length));
  return runs[0]!.ttftTail.slice(0, length).map(({ oneIn }, index) => ({
    oneIn,
    ms: round(mean(runs.map((run) => run.ttftTail[index]!.ms))),
    thin: runs.some((run) => run.ttftTail[index]!.thin),
  }));
}

function meanShares(runs: readonly RunSummary[]): ReplicaShare[] {
  return runs[0]!.replicas.map(({ replica }, index) => {
    const of = (key: 'requests' | 'tokens' | 'busy') =>
      round(mean(runs.map((run) => run.replicas[index]![key])));
    const on = runs.flatMap((run) => run.replicas[index]!.on ?? []);
    const hours = on.length === 0 ? {} : { on: round(mean(on)) };
    const tpots = runs.flatMap((run) => run.replicas[index]!.tpotP50Ms ?? []);
    const hasAll = tpots.length === runs.length;
    return {
      ...{ replica, requests: of('requests'), tokens: of('tokens'), busy: of('busy') },
      ...hours,
      tpotP50Ms: hasAll ? round(mean(tpots)) : null,
    };
  });
}

function meanTenants(runs: readonly RunSummary[]): TenantShare[] {
  return runs[0]!.tenants!.map(({ tenant }, index) => {
    const all = runs.map((run) => run.tenants![index]!);
    const shares = all.flatMap(({ attainmentShare }) => attainmentShare ?? []);
    const hasAll = shares.length === runs.length;
    return {
      tenant,
      requests: round(mean(all.map(({ requests }) => requests))),
      attainmentShare: hasAll ? round(mean(shares)) : null,
    };
  });
}

function byMetric(of: (name: MetricName) => MetricSummary): Record<MetricName, MetricSummary> {
  const entries = metricNames.map((name) => [name, of(name)]);
  return Object.fromEntries(entries) as Record<MetricName, MetricSummary>;
}
