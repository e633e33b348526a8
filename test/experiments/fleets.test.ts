import { expect, test } from 'vitest';
import { fleetVariants } from '../../cli/fleet-choice.ts';
import { compare, comparisonOf, questionOf, tasksOf } from '../../experiments/compare.ts';
import { runAll } from '../../experiments/executor.ts';
import { usdPerHour } from '../../experiments/fleets/fleet-variant.ts';
import { threadExecutor } from '../../experiments/thread-executor.ts';
import { htmlReport } from '../../reports/html/page.ts';
import { markdownReport } from '../../reports/markdown.ts';
import { comparisonSchema } from '../../reports/summary.ts';
import { loadScenario, smallScenario } from '../support/scenarios.ts';

const scenario = loadScenario(`
name: fleets
summary: Two engines, for tests of other machines.
model: Llama-3.1-8B
fleet: [{ name: a100, gpu: A100-80GB-SXM, replicas: 2, engine: { maxModelLen: 4096 } }]
traffic:
  - arrivals: { kind: poisson, rate: 8 }
    input: { kind: exponential, mean: 300 }
    output: { kind: exponential, mean: 40 }
warmup: 1s
duration: 20s
slo: [ttft.p99 < 20s]
`);
const base = {
  scenario,
  strategies: ['random', 'least-requests'].map((name) => ({ name, options: {} })),
  seeds: [1, 2],
  by: 'ttftP99Ms',
  version: 'test',
} as const;

test('the own fleet among others gives what it gives alone, and others get the same requests', async () => {
  const fleets = await fleetVariants(['2xA100-80GB-SXM', '1xL4+1xL40S'], scenario);
  const result = (await compare({ ...base, fleets }))!;
  const alone = (await compare(base))!;
  const names = result.strategies.map(({ name }) => name);
  expect(names).toEqual([
    'random @ 2xA100-80GB-SXM',
    'least-requests @ 2xA100-80GB-SXM',
    'random @ 1xL4+1xL40S',
    'least-requests @ 1xL4+1xL40S',
  ]);
  for (const [index, { metrics, outcomes }] of alone.strategies.entries()) {
    const own = result.strategies[index]!;
    expect(own.metrics.ttftP99Ms.perSeed).toEqual(metrics.ttftP99Ms.perSeed);
    expect(result.strategies[index + 2]!.outcomes.counted).toBe(outcomes.counted);
  }
  const question = questionOf({ ...base, fleets });
  const summaries = await runAll(tasksOf(question), threadExecutor());
  const asShards = JSON.parse(JSON.stringify(question)) as typeof question;
  expect(JSON.stringify(comparisonOf(asShards, summaries))).toBe(JSON.stringify(result));
});

test('costs are those of all GPUs, and of the tokens they made', async () => {
  const fleets = await fleetVariants(['4xA100-80GB-SXM', '1xH100-SXM:tp=2', '2xT4:tp=2'], scenario);
  // The middle of the first tier that quotes a card: 1.1 to 1.5, 2.5 to 3.5; a T4 0.526.
  expect(fleets.map(usdPerHour)).toEqual([5.2, 6, 2.104]);
  expect(usdPerHour({ fleet: smallScenario().fleet.map((one) => ({ ...one, gpu: 'A10' })) })).toBe(
    null,
  );
  const result = (await compare({ ...base, fleets: fleets.slice(0, 2) }))!;
  for (const { cost, metrics } of result.strategies) {
    const millionsPerHour = (metrics.outputTokensPerS.mean! * 3_600) / 1e6;
    expect(cost!.usdPerMillionTokens).toBeCloseTo(cost!.usdPerHour! / millionsPerHour, 3);
  }
  expect(result.verdict.sentence).toMatch(
    / The cheapest that keeps the SLO: [\w-]+ @ 4xA100-80GB-SXM, \$5\.20 an hour\.$/,
  );
  const run = { startedAt: '2026-01-01T00:00:00Z', durationMs: 1, node: '20', command: 'x' };
  const comparison = comparisonSchema.parse({ ...result, meta: { ...result.meta, run } });
  expect(markdownReport(comparison)).toMatch(/\| \$\/h \| \$\/M tokens \| SLO \|/);
  // A price has a date wherever it is shown.
  expect(await htmlReport(comparison)).toContain(
    'A100-80GB-SXM: $1.30 an hour (specialised, May 2026',
  );
});

test.each([
  ['4xA100', 'there is no GPU "A100". Did you mean'],
  ['0xL4', 'replicas'],
  ['2xH100-SXM:tp=3', 'tensorParallelSize: expected 1, 2, 4 or 8'],
  ['2 x L4', 'Write 4xA100-80GB-SXM, 2xH100-SXM:tp=2'],
  [
    '1xRTX-3050',
    'leave no memory for the KV cache (16.1 GB in bf16, of 7.6 GB that vLLM may use of each GPU). Write :tp=4',
  ],
])('--fleet %s is refused, with what to write', async (text, advice) => {
  await expect(fleetVariants([text], scenario)).rejects.toThrow(advice);
});

test('a fleet is refused that the events of the scenario do not know', async () => {
  const events = [{ kind: 'crash', at: '5s', replicas: ['r-1'], down: '2s' }];
  const crashing = smallScenario({ events });
  await expect(fleetVariants(['2xL4'], crashing)).rejects.toThrow('The events of the scenario');
});
