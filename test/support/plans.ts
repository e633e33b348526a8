import { plan } from '../../experiments/plan/plan.ts';
import { type PlanOptions, planQuestion } from '../../experiments/plan/question.ts';
import { threadExecutor } from '../../experiments/thread-executor.ts';
import type { Plan } from '../../reports/plan.ts';
import { parseThreshold } from '../../scenarios/thresholds.ts';
import { loadScenario } from './scenarios.ts';

export interface SmallPlan extends Partial<Omit<PlanOptions, 'scenario' | 'slo'>> {
  readonly rate?: number;
  readonly slo?: readonly string[];
  /** Of the only tenant, in place of plain requests. */
  readonly tenant?: Readonly<Record<string, unknown>>;
  readonly strategiesOf?: readonly string[];
  /** Of the scenario, in place of its own. */
  readonly world?: Readonly<Record<string, unknown>>;
}

/** Short windows of short requests for a small model, so that a run takes some milliseconds. */
export function smallPlan(given: SmallPlan = {}): PlanOptions {
  const { rate = 40, slo = ['ttft.p99 < 500ms'], strategiesOf, tenant, world, ...options } = given;
  const scenario = loadScenario(
    JSON.stringify({
      name: 'small',
      summary: 'A plan of a test.',
      model: 'Llama-3.2-3B',
      fleet: [{ name: 'r', gpu: 'A10G', replicas: 2, engine: { maxModelLen: 4096 } }],
      traffic: [
        {
          arrivals: { kind: 'poisson', rate },
          input: { kind: 'log-normal', mean: 600, sd: 400, max: 3000 },
          output: { kind: 'log-normal', mean: 30, sd: 15, max: 100 },
          ...tenant,
        },
      ],
      warmup: '2s',
      duration: '8s',
      strategies: strategiesOf ?? ['least-requests'],
      ...world,
    }),
  );
  return {
    scenario,
    slo: slo.map(parseThreshold),
    maxReplicas: 6,
    maxKinds: 2,
    survive: 0,
    seeds: [1, 2, 3],
    version: 'test',
    tensorParallelSizes: [1],
    ...options,
  };
}

export async function smallPlanned(given: SmallPlan = {}): Promise<Plan> {
  const question = planQuestion(smallPlan(given));
  const result = await plan({ question, executor: threadExecutor(0) });
  if (result.kind === 'stopped') throw new Error('nobody has stopped it');
  const run = { startedAt: '2026-01-01T00:00:00.000Z', durationMs: 1, node: '20', command: 'x' };
  return { ...result, meta: { ...result.meta, run } };
}
