import { describe, expect, test } from 'vitest';
import { FairleadError } from '../../core/errors.ts';
import { simulate } from '../../sim/simulate.ts';
import { type SmallScenario, type SmallTenant, smallScenario } from '../support/scenarios.ts';
import { strategyNamed } from '../support/strategies.ts';

// A number at the edge of what the schema lets through must not break a run: either the loader
// refuses it, or the run ends with records that make sense.

const smallest = 5e-324;

const tenants: readonly SmallTenant[] = [
  ...[smallest, 1e-300, 1e-12, 1e-6, 1_000].flatMap((rate) => [
    { arrivals: { kind: 'poisson', rate } },
    { arrivals: { kind: 'constant', rate } },
  ]),
  ...[smallest, 1e-300, 0.1, 1_000_000].map((mean) => ({ output: { kind: 'exponential', mean } })),
  ...[smallest, 1e-300, 1e-9, 1_000_000].flatMap((mean) =>
    [smallest, 1e-300, 1, 1_000_000].map((sd) => ({ input: { kind: 'log-normal', mean, sd } })),
  ),
  { output: { kind: 'constant', tokens: 10_000_000 } },
  { input: { kind: 'constant', tokens: 10_000_000 } },
];

const engines: readonly SmallScenario['engine'][] = [
  ...[smallest, 1e-9, 3_600_000].map((stepMs) => ({ stepTime: { kind: 'fixed', stepMs } })),
  { maxNumSeqs: 1 },
  { maxNumSeqs: 65_536 },
  { maxNumBatchedTokens: 1 },
  { maxNumBatchedTokens: 1_048_576 },
  { maxModelLen: 1 },
  { maxModelLen: 2 },
  { maxModelLen: 10_000_000 },
  { gpuMemoryUtilization: smallest },
  { gpuMemoryUtilization: 1 },
  { blockSize: 1 },
  { blockSize: 1_024 },
  { numGpuBlocksOverride: 1 },
  { numGpuBlocksOverride: 257 },
  { numGpuBlocksOverride: 100_000_000 },
  { tensorParallelSize: 8 },
  { longPrefillTokenThreshold: 1 },
  { watermark: 0.999_999 },
  { stepTime: { kind: 'roofline' } },
];

/** Runs it, if it loads, and looks at every record. */
function endsWell(change: SmallScenario): void {
  let run: ReturnType<typeof simulate>;
  try {
    run = simulate({
      scenario: smallScenario({ duration: '2s', warmup: '0s', ...change }),
      strategy: strategyNamed('least-tokens'),
      strategyOptions: {},
      seed: 1,
    });
  } catch (error) {
    expect(error).toBeInstanceOf(FairleadError);
    return;
  }
  for (const record of run.log.rows()) {
    expect(Number.isSafeInteger(record.inputTokens) && record.inputTokens >= 1).toBe(true);
    expect(Number.isSafeInteger(record.outputTokens) && record.outputTokens >= 0).toBe(true);
    expect(Number.isSafeInteger(record.endUs)).toBe(true);
    if (record.outcome === 'ok') expect(record.outputTokens).toBeGreaterThanOrEqual(1);
  }
}

describe('a number at its edge is refused, or is simulated:', () => {
  test.each(tenants.map((tenant) => [JSON.stringify(tenant), tenant] as const))('%s', (_, given) =>
    endsWell({ traffic: [given] }),
  );

  test.each(engines.map((engine) => [JSON.stringify(engine), engine] as const))('%s', (_, given) =>
    endsWell({ engine: given ?? {} }),
  );

  test('no replica more than there may be, and none less', () => {
    endsWell({ replicas: 1 });
    endsWell({ replicas: 2_000 });
  });
});

test('what still runs ten minutes after the window is cut off, and recorded once', () => {
  const { log } = simulate({
    scenario: smallScenario({
      engine: { stepTime: { kind: 'fixed', stepMs: 3_600_000 } },
      warmup: '0s',
    }),
    strategy: strategyNamed('random'),
    strategyOptions: {},
    seed: 1,
  });
  const ids = [...log.numbers('id')].sort((a, b) => a - b);
  expect(ids.length).toBeGreaterThan(20);
  expect(ids).toEqual(ids.map((_, index) => index));
  for (const { outcome, endUs, firstTokenUs, outputTokens } of log.rows()) {
    expect([outcome, outputTokens]).toEqual(['truncated', 0]);
    expect(endUs).toBeGreaterThanOrEqual(610_000_000);
    expect(firstTokenUs).toBeNaN();
  }
});
