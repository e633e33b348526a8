import { gate } from '../../experiments/gate/gate.ts';
import { gatedMetrics } from '../../experiments/gate/gated-metrics.ts';
import { makeBaseline } from '../../experiments/gate/make-baseline.ts';
import { summariseTask } from '../../experiments/run-task.ts';
import { looksOf } from '../../experiments/statistics/looks.ts';
import type { BaselineScenario } from '../../reports/gate/baseline.ts';
import type { GateResult } from '../../reports/gate/result.ts';
import type { Scenario } from '../../scenarios/scenario.ts';
import { type SmallScenario, smallScenario } from './scenarios.ts';

export const gateStrategy = { name: 'least-requests', options: {} };

/** Two replicas under steady traffic for a minute, long enough for medians to be steady. */
export function gateScenario(overrides: SmallScenario = {}): Scenario {
  return smallScenario({ duration: '60s', traffic: [{ tenant: 'chat' }], ...overrides });
}

/** One replica takes so much longer for each step, from beginning to end. */
export function slowed(factor: number, replica = 'r-2'): SmallScenario {
  return { events: [{ kind: 'slow', at: '0s', replicas: [replica], factor, for: '1h' }] };
}

/** Of the first seeds. */
export function baselineOf(scenario: Scenario, count = 8): BaselineScenario {
  const seeds = Array.from({ length: count }, (_, at) => at + 1);
  const runs = seeds.map((seed) => summariseTask({ scenario, strategy: gateStrategy, seed }));
  return makeBaseline({ scenario, strategy: gateStrategy, seeds, runs, version: 'a', code: 'b' });
}

export interface GateAgainst {
  readonly baseline?: BaselineScenario;
  readonly head: Scenario;
  readonly first?: number;
  readonly gated?: ReturnType<typeof gatedMetrics>;
}

/** The result as a command would leave it. */
export async function gateResult({ baseline, gated, head, first = 8 }: GateAgainst) {
  const most = Math.max(first, baseline?.runs.length ?? first);
  const outcome = await gate({
    cases: [{ scenario: head, strategy: gateStrategy, baseline }],
    gated: gated ?? gatedMetrics(),
    looks: looksOf(first, most),
    run: async (tasks) => tasks.map(summariseTask),
  });
  return withMeta(outcome!);
}

export function withMeta(outcome: Omit<GateResult, 'meta'>): GateResult {
  const run = { startedAt: '2026-01-01T00:00:00.000Z', durationMs: 1, node: '20', command: 'x' };
  const facts = { runId: 'abc', version: 'test', simulated: true, baseline: ['baseline.json'] };
  return { ...outcome, meta: { ...facts, run } };
}
