import { expect, test } from 'vitest';
import { simulate } from '../../sim/simulate.ts';
import roundRobin from '../../strategies/round-robin.ts';
import { plainEngine, rowsOf, runPlain } from '../support/plain-fleet.ts';
import { smallScenario } from '../support/scenarios.ts';

const slow = { kind: 'slow', replicas: ['r-1'] };

test('twice as slow from beginning to end takes twice the time for the same work', () => {
  const requests = Array.from({ length: 20 }, (_, i) => ({ atMs: i * 400, outputTokens: 30 }));
  const [fast, slowed] = [1, 2].map((factor) => {
    const events = [{ ...slow, at: '0s', factor, for: '1h' }];
    return runPlain({ events, engine: { maxNumSeqs: 1 } }, requests);
  });
  expect(fast!.replicas[0]!.busyUs).toBe(20 * 30 * 10_000);
  expect(slowed!.replicas[0]!.busyUs).toBe(2 * fast!.replicas[0]!.busyUs);
  expect(slowed!.steps).toBe(fast!.steps);
});

test.each([
  // Ten steps of 10 ms end until 100 ms, the eleventh keeps its length, and the rest are slower.
  { at: '105ms', lasts: '1h', factor: 3, endMs: 100 + 10 + 39 * 30 },
  // At the very end of a step, which has ended before anything else happens.
  { at: '100ms', lasts: '1h', factor: 3, endMs: 100 + 10 + 39 * 30 },
  // 105 ms, and three slow steps reach 110 + 90 > 195 ms, where the third is in flight.
  { at: '105ms', lasts: '90ms', factor: 3, endMs: 110 + 90 + 36 * 10 },
  // Seven slow steps, of which the last is in flight when it is over.
  { at: '0s', lasts: '195ms', factor: 3, endMs: 210 + 43 * 10 },
  { at: '105ms', lasts: '1ms', factor: 3, endMs: 500 },
])('from $at for $lasts the step in flight keeps its length', ({ at, endMs, factor, lasts }) => {
  const events = [{ ...slow, at, factor, for: lasts }];
  const [row] = rowsOf(runPlain({ events }, [{ atMs: 0, outputTokens: 50 }]));
  expect(row!.endUs).toBe(endMs * 1_000);
});

test('the others keep their pace', () => {
  const events = [{ ...slow, at: '0s', factor: 5, for: '1h' }];
  const requests = Array.from({ length: 4 }, (_, i) => ({ atMs: i * 1_000, outputTokens: 10 }));
  const rows = rowsOf(runPlain({ replicas: 2, events }, requests));
  expect(rows.map(({ endUs, intendedUs }) => (endUs - intendedUs) / 1_000)).toEqual([
    500, 100, 500, 100,
  ]);
});

test('a factor of one changes nothing but where runs of steps are cut', () => {
  const rows = [[], [{ ...slow, at: '3s', replicas: ['r'], factor: 1, for: '2s' }]].map(
    (events) => {
      const scenario = smallScenario({ events, engine: plainEngine });
      return [
        ...simulate({ scenario, strategy: roundRobin, strategyOptions: {}, seed: 1 }).log.rows(),
      ];
    },
  );
  expect(rows[1]).toEqual(rows[0]);
});
