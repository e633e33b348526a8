import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { RecordLog } from '../../core/record-log.ts';
import { type SimulateOptions, simulate } from '../../sim/simulate.ts';
import { strategies } from '../../strategies/registry.ts';
import { smallScenario } from '../support/scenarios.ts';

function rowsById(log: RecordLog, fromUs: number) {
  const rows = [...log.rows()].filter(({ intendedUs }) => intendedUs >= fromUs);
  return rows.sort((a, b) => a.id - b.id);
}

const questions = fc.record({
  seed: fc.nat(1_000),
  replicas: fc.integer({ min: 1, max: 4 }),
  rate: fc.integer({ min: 1, max: 60 }),
  maxNumSeqs: fc.integer({ min: 1, max: 16 }),
  strategy: fc.constantFrom(...strategies),
});

// A run that is watched goes on until the fleet is empty; what it measures must not depend on that.
test('watching the invariants changes nothing about the requests and gaps that count', () => {
  const property = fc.property(questions, ({ seed, replicas, rate, maxNumSeqs, strategy }) => {
    const scenario = smallScenario({
      replicas,
      engine: { maxNumSeqs, numGpuBlocksOverride: 400 },
      traffic: [{ arrivals: { kind: 'poisson', rate } }],
      warmup: '1s',
      duration: '3s',
    });
    const options: SimulateOptions = { scenario, strategy, strategyOptions: {}, seed };
    const plain = simulate(options);
    const watched = simulate({ ...options, checkInvariants: true });
    const { fromUs } = plain.window;
    expect(rowsById(watched.log, fromUs)).toEqual(rowsById(plain.log, fromUs));
    expect(watched.gaps.count).toBe(plain.gaps.count);
    expect(watched.gaps.quantileUs(0.99)).toBe(plain.gaps.quantileUs(0.99));
  });
  fc.assert(property, { seed: 1, numRuns: 60 });
});
