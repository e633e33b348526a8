import { gate } from '../../experiments/gate/gate.ts';
import { type Gated, gatedMetrics } from '../../experiments/gate/gated-metrics.ts';
import { makeBaseline } from '../../experiments/gate/make-baseline.ts';
import { looksOf } from '../../experiments/statistics/looks.ts';
import { decide, isSettled } from '../../experiments/verdict.ts';
import type { Scenario } from '../../scenarios/scenario.ts';
import { drawnSeeds } from './drawn-seeds.ts';
import type { Pool } from './pool.ts';

export interface FalseAlarmOptions {
  readonly scenario: Scenario;
  /** Of one strategy: what is compared is the same, under different seeds. */
  readonly pool: Pool;
  readonly strategy: string;
  readonly repetitions: number;
}

const looks = looksOf(8, 32);
const mostSeeds = looks.sizes.at(-1)!;

/** How often a comparison names a winner, looking as it does by itself. */
export function winners({ pool, repetitions, strategy }: FalseAlarmOptions): number {
  let winners = 0;
  for (const places of drawnSeeds(pool.length, 2 * mostSeeds, repetitions)) {
    for (const size of looks.sizes) {
      const all = [0, mostSeeds].map((from, index) => ({
        strategy: { name: `${strategy}-${index + 1}`, options: {} },
        runs: places.slice(from, from + size).map((place) => pool[place]!),
      }));
      const verdict = decide(all, 'ttftP99Ms', looks);
      if (verdict.kind === 'winner') winners += 1;
      if (isSettled(verdict)) break;
    }
  }
  return winners;
}

/** How often a gate says that something has become worse. */
export async function regressions(
  { pool, repetitions, scenario, strategy: name }: FalseAlarmOptions,
  gated: readonly Gated[],
): Promise<number> {
  const strategy = { name, options: {} };
  const facts = { version: 'bench', code: 'bench' };
  const seeds = Array.from({ length: mostSeeds }, (_, index) => index + 1);
  let regressions = 0;
  for (const places of drawnSeeds(pool.length, 2 * mostSeeds, repetitions)) {
    const runs = places.slice(0, mostSeeds).map((place) => pool[place]!);
    const baseline = makeBaseline({ scenario, strategy, seeds, runs, ...facts });
    const result = await gate({
      ...{ cases: [{ scenario, strategy, baseline }], gated, looks },
      run: async (tasks) => tasks.map(({ seed }) => pool[places[mostSeeds + seed - 1]!]!),
    });
    if (result!.verdict.kind === 'regress') regressions += 1;
  }
  return regressions;
}

export const usualGate = gatedMetrics();
/** What the tests of a gate do without its patience. */
export const strictGate = gatedMetrics({ tolerances: [{ value: 0 }] });
