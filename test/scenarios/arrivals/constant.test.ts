import fc from 'fast-check';
import { expect, test } from 'vitest';
import { RequestStream } from '../../../scenarios/request-stream.ts';
import { smallScenario } from '../../support/scenarios.ts';

const rateRps = fc.oneof(
  fc.integer({ min: 1, max: 2_000 }),
  fc.double({ min: 0.01, max: 2_000, noNaN: true }),
);

test('constant arrivals come at equal gaps, to the microsecond, with any seed', () => {
  const property = fc.property(rateRps, fc.nat(), (rate, seed) => {
    const scenario = smallScenario({ traffic: [{ arrivals: { kind: 'constant', rate } }] });
    const stream = new RequestStream(scenario, seed);
    for (let nth = 1; nth <= 100; nth++) {
      // Rounded from the exact time, so that the error never adds up.
      expect(Math.abs(stream.next().arrivalUs - (nth * 1e6) / rate)).toBeLessThanOrEqual(0.51);
    }
  });
  fc.assert(property, { seed: 1, numRuns: 100 });
});

test('a constant rate that divides a second has gaps without any variation', () => {
  const scenario = smallScenario({ traffic: [{ arrivals: { kind: 'constant', rate: 8 } }] });
  const stream = new RequestStream(scenario, 1);
  const timesUs = Array.from({ length: 1_000 }, () => stream.next().arrivalUs);
  expect(timesUs).toEqual(timesUs.map((_, index) => 125_000 * (index + 1)));
});
