import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { ReplicaView } from '../../strategies/strategy.ts';
import { makeStrategy } from '../support/strategies.ts';
import { chiSquareOfEqual, fleetView, requestView, tally } from '../support/views.ts';

const inFlight = fc.array(fc.nat(20), { minLength: 1, maxLength: 64 });

test('least-requests always picks a replica with the fewest requests in flight', () => {
  const property = fc.property(inFlight, fc.nat(), (loads, seed) => {
    const picked = makeStrategy('least-requests', {}, seed).pick(
      requestView(0),
      fleetView(loads),
      0,
    ) as ReplicaView;
    expect(picked.inFlight).toBe(Math.min(...loads));
  });
  fc.assert(property, { seed: 1, numRuns: 1_000 });
});

test.each([
  [
    [0, 0, 0, 0, 0, 0],
    [0, 1, 2, 3, 4, 5],
  ],
  [
    [9, 2, 3, 2, 8, 2, 4],
    [1, 3, 5],
  ],
  [
    [1, 0, 1, 0],
    [1, 3],
  ],
])('least-requests breaks the ties of %j by equal chance', (loads, tied) => {
  const strategy = makeStrategy('least-requests');
  const fleet = fleetView(loads);
  const counts = tally(30_000, loads.length, (request) => strategy.pick(request, fleet, 0));
  expect(counts.flatMap((count, index) => (count > 0 ? [index] : []))).toEqual(tied);
  // Beyond the 99.9 % point of 5 degrees of freedom.
  expect(chiSquareOfEqual(counts.filter((count) => count > 0))).toBeLessThan(20.6);
});
