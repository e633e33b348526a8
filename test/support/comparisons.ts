import { compare } from '../../experiments/compare.ts';
import type { Comparison } from '../../reports/summary.ts';
import { type SmallScenario, smallScenario } from './scenarios.ts';

export interface SmallComparison extends SmallScenario {
  readonly summary?: string;
  readonly strategies?: readonly string[];
  readonly seeds?: number;
}

/** Random against least-requests in a small fleet over three seeds, unless told otherwise. */
export async function smallComparison(given: SmallComparison = {}): Promise<Comparison> {
  const { seeds = 3, strategies = ['random', 'least-requests'], summary, ...overrides } = given;
  const scenario = smallScenario(overrides);
  const result = await compare({
    scenario: { ...scenario, summary: summary ?? scenario.summary },
    strategies: strategies.map((name) => ({ name, options: {} })),
    seeds: Array.from({ length: seeds }, (_, index) => index + 1),
    by: 'ttftP99Ms',
    version: 'test',
  });
  const run = { startedAt: '2026-01-01T00:00:00Z', durationMs: 1, node: '20', command: 'x' };
  return { ...result!, meta: { ...result!.meta, run } };
}
