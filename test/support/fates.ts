import type { RequestRecord } from '../../core/request-record.ts';
import { simulate } from '../../sim/simulate.ts';
import type { StrategyDefinition } from '../../strategies/strategy.ts';
import { type SmallScenario, smallScenario } from './scenarios.ts';
import { strategyNamed } from './strategies.ts';

/** What became of the requests of a small world, in the order of their arrival. */
export function fatesOf(
  world: SmallScenario,
  strategy: string | StrategyDefinition,
  strategyOptions: Readonly<Record<string, unknown>> = {},
  seed = 1,
): RequestRecord[] {
  const { log } = simulate({
    scenario: smallScenario(world),
    strategy: typeof strategy === 'string' ? strategyNamed(strategy) : strategy,
    strategyOptions,
    seed,
    checkInvariants: true,
  });
  return [...log.rows()].sort((a, b) => a.id - b.id);
}

/** The share that the busiest replica had of these. */
export function busiestShare(rows: readonly RequestRecord[]): number {
  const counts = new Map<string, number>();
  for (const { replica } of rows) counts.set(replica, (counts.get(replica) ?? 0) + 1);
  return Math.max(...counts.values()) / rows.length;
}

/** Of all prompt tokens, the share that was found in a cache. */
export function hitShare(rows: readonly RequestRecord[]): number {
  const sum = (key: 'cachedTokens' | 'inputTokens') =>
    rows.reduce((total, row) => total + row[key], 0);
  return sum('cachedTokens') / sum('inputTokens');
}
