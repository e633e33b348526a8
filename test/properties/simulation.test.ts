import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { RecordLog } from '../../core/record-log.ts';
import type { Scenario } from '../../scenarios/scenario.ts';
import { simulate } from '../../sim/simulate.ts';
import { strategies } from '../../strategies/registry.ts';
import { defineStrategy, type StrategyDefinition } from '../../strategies/strategy.ts';
import { moody } from '../simulation/moody.ts';
import { smallScenario } from '../support/scenarios.ts';

/** Small engines under all kinds of pressure: few slots, tiny caches, chunks, several tenants. */
const engines = fc.record({
  maxNumSeqs: fc.integer({ min: 1, max: 12 }),
  maxNumBatchedTokens: fc.integer({ min: 12, max: 300 }),
  maxModelLen: fc.constant(256),
  blockSize: fc.constantFrom(1, 4, 16),
  kvTokens: fc.integer({ min: 260, max: 900 }),
  reserveFullIsl: fc.boolean(),
  watermark: fc.constantFrom(0, 0.01, 0.3),
  longPrefillTokenThreshold: fc.option(fc.integer({ min: 1, max: 64 }), { nil: undefined }),
});

const questions = fc.record({
  seed: fc.integer({ min: 0, max: 1e6 }),
  replicas: fc.integer({ min: 1, max: 5 }),
  rate: fc.constantFrom(2, 10, 40),
  tenants: fc.integer({ min: 1, max: 3 }),
  meanInput: fc.constantFrom(1, 20, 150),
  meanOutput: fc.constantFrom(1, 10, 60, 150),
  engine: engines,
  // As often, however many others there are.
  strategy: fc.oneof(
    { weight: 5, arbitrary: fc.constantFrom<StrategyDefinition>(...strategies) },
    { weight: 1, arbitrary: fc.constant<StrategyDefinition>(moody) },
  ),
});
type Question = typeof questions extends fc.Arbitrary<infer T> ? T : never;

function scenarioOf({
  replicas,
  rate,
  tenants,
  meanInput,
  meanOutput,
  engine,
}: Question): Scenario {
  const { kvTokens, longPrefillTokenThreshold, ...rest } = engine;
  return smallScenario({
    replicas,
    engine: {
      ...rest,
      numGpuBlocksOverride: Math.ceil(kvTokens / engine.blockSize) + 1,
      ...(longPrefillTokenThreshold === undefined ? {} : { longPrefillTokenThreshold }),
    },
    traffic: Array.from({ length: tenants }, (_, index) => ({
      tenant: `tenant-${index}`,
      arrivals: { kind: index === 0 ? 'poisson' : 'constant', rate: rate / tenants },
      input: { kind: 'exponential', mean: meanInput },
      output: { kind: 'exponential', mean: meanOutput },
    })),
    warmup: '0s',
    duration: '5s',
  });
}

function run(question: Question, scenario = scenarioOf(question)) {
  const { seed, strategy } = question;
  return simulate({ scenario, strategy, strategyOptions: {}, seed, checkInvariants: true });
}

function rowsById(log: RecordLog) {
  return [...log.rows()].sort((a, b) => a.id - b.id);
}

const settings = { seed: 20, numRuns: 150 };

describe('any run of any small fleet', () => {
  test('lets nothing happen before its cause', () => {
    fc.assert(
      fc.property(questions, (question) => {
        for (const row of run(question).log.rows()) {
          const times = [
            row.intendedUs,
            row.dispatchedUs,
            row.scheduledUs,
            row.firstTokenUs,
            row.lastTokenUs,
            row.endUs,
          ].filter((time) => !Number.isNaN(time));
          expect(times).toEqual(times.toSorted((a, b) => a - b));
          if (row.outcome === 'ok') expect(times).toHaveLength(6);
          if (row.inputTokens >= 256) expect(['failed', 'rejected']).toContain(row.outcome);
        }
      }),
      settings,
    );
  });
});

test('a clock of half the speed doubles every time and changes nothing else', () => {
  const at = (speed: number) =>
    smallScenario({
      engine: {
        stepTime: { kind: 'fixed', stepMs: 10 / speed },
        apiServer: { requestMs: 0 },
        maxNumSeqs: 4,
        numGpuBlocksOverride: 300,
      },
      traffic: [{ arrivals: { kind: 'constant', rate: 10 * speed } }],
      warmup: '0s',
      duration: `${20 / speed}s`,
    });
  const [once, twice] = [2, 1].map((speed) =>
    rowsById(simulate({ scenario: at(speed), strategy: moody, strategyOptions: {}, seed: 3 }).log),
  );
  const doubled = once!.map((row) => {
    const times = Object.entries(row).map(([name, value]) =>
      name.endsWith('Us') ? [name, Number(value) * 2] : [name, value],
    );
    return Object.fromEntries(times);
  });
  expect(twice).toEqual(doubled);
});

test('a replica that is never picked changes nothing for the others', () => {
  const first = defineStrategy({
    name: 'first',
    summary: 'Always the first replica.',
    options: {},
    create: () => ({ pick: (_request, candidates) => candidates[0]! }),
  });
  const logs = [1, 7].map((replicas) => {
    const scenario = smallScenario({ replicas });
    const { log } = simulate({ scenario, strategy: first, strategyOptions: {}, seed: 5 });
    return [...log.rows()];
  });
  expect(logs[1]).toEqual(logs[0]);
});
