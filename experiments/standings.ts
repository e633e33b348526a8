import { mean } from 'simple-statistics';
import { z } from 'zod';
import type { RunSummary } from '../reports/summary.ts';
import { type Interval, meanWithInterval, pairedChange } from './statistics/paired.ts';

const interval = z.object({ low: z.number(), high: z.number() });
const against = z.object({
  /** The best of all others in this metric, over the same seeds. */
  rival: z.string(),
  rivalValue: z.number(),
  ownValue: z.number(),
  /** Ours against that: a share for the latency, percentage points for the goodput. */
  change: z.number(),
  interval: interval.nullable(),
});

export const standingsSchema = z.object({
  strategy: z.string(),
  seeds: z.int(),
  version: z.string(),
  scenarios: z.array(z.object({ scenario: z.string(), ttftP99: against, goodput: against })),
});

/** How one strategy stands against the best of all others, scenario by scenario. */
export type Standings = z.output<typeof standingsSchema>;
export type Standing = Standings['scenarios'][number];

/** The runs of one strategy, in the order of the seeds. */
export interface StrategySeeds {
  readonly name: string;
  readonly runs: readonly RunSummary[];
}

/** What a strategy may be worse by and still be as good. */
export const tolerated = { ttftP99: 0.03, goodputPoints: 0.5 };

/** The best others in either metric, after a few seeds of all. */
export function finalists(all: readonly StrategySeeds[], own: string, count: number): string[] {
  const others = all.filter(({ name }) => name !== own);
  const byTtft = others.toSorted((a, b) => mean(ttftOf(a)) - mean(ttftOf(b)));
  const byGoodput = others.toSorted((a, b) => mean(goodputOf(b)) - mean(goodputOf(a)));
  const names = [...byTtft.slice(0, count), ...byGoodput.slice(0, count)].map(({ name }) => name);
  return [...new Set(names)];
}

export function standing(scenario: string, all: readonly StrategySeeds[], own: string): Standing {
  const ours = all.find(({ name }) => name === own)!;
  const others = all.filter(({ name }) => name !== own);
  const fastest = others.reduce((a, b) => (mean(ttftOf(b)) < mean(ttftOf(a)) ? b : a));
  const goodest = others.reduce((a, b) => (mean(goodputOf(b)) > mean(goodputOf(a)) ? b : a));
  const ttft = pairedChange(ttftOf(fastest), ttftOf(ours), 'lower');
  const points = goodputOf(ours).map((share, seed) => 100 * (share - goodputOf(goodest)[seed]!));
  const difference = meanWithInterval(points);
  return {
    scenario,
    ttftP99: {
      rival: fastest.name,
      rivalValue: mean(ttftOf(fastest)),
      ownValue: mean(ttftOf(ours)),
      change: ttft.estimate,
      interval: ttft.interval,
    },
    goodput: {
      rival: goodest.name,
      rivalValue: mean(goodputOf(goodest)),
      ownValue: mean(goodputOf(ours)),
      change: difference.mean,
      interval: difference.interval,
    },
  };
}

/** `better` and `worse` beyond doubt, `worse` also by more than is tolerated on average. */
export function judge({ goodput, ttftP99 }: Standing): 'better' | 'equal' | 'worse' {
  const isWorse = ttftP99.change > tolerated.ttftP99 || goodput.change < -tolerated.goodputPoints;
  if (isWorse) return 'worse';
  const isBetter = isBelow(ttftP99.interval, 0) || isBelow(negated(goodput.interval), 0);
  return isBetter ? 'better' : 'equal';
}

function isBelow(range: Interval | null, limit: number): boolean {
  return range !== null && range.high < limit;
}

function negated(range: Interval | null): Interval | null {
  return range && { low: -range.high, high: -range.low };
}

/** A run in which nobody got a token is worse than any. */
function ttftOf({ runs }: StrategySeeds): number[] {
  return runs.map(({ metrics }) => metrics.ttftP99Ms ?? Number.MAX_SAFE_INTEGER);
}

function goodputOf({ runs }: StrategySeeds): number[] {
  return runs.map(({ metrics }) => metrics.attainmentShare ?? 0);
}
