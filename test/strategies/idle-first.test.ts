import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { ReplicaView } from '../../strategies/strategy.ts';
import { makeStrategy } from '../support/strategies.ts';
import { chiSquareOfEqual, fleetView, requestView, tally } from '../support/views.ts';

test('idle-first picks any that is idle, else the least busy', () => {
  const loads = fc.array(fc.nat(12), { minLength: 1, maxLength: 32 });
  const property = fc.property(loads, fc.nat(4), fc.nat(), (inFlight, idleThreshold, seed) => {
    const strategy = makeStrategy('idle-first', { idleThreshold }, seed);
    const picked = strategy.pick(requestView(0), fleetView(inFlight), 0) as ReplicaView;
    expect(picked.inFlight).toBeLessThanOrEqual(Math.max(idleThreshold, Math.min(...inFlight)));
  });
  fc.assert(property, { seed: 1, numRuns: 500 });
});

test('idle-first takes all who are idle for the same, and all who are busy if they score nothing', () => {
  const idle = makeStrategy('idle-first', { idleThreshold: 3 });
  const few = tally(20_000, 5, (request) => idle.pick(request, fleetView([0, 3, 2, 4, 1]), 0));
  expect(few[3]).toBe(0);
  // The 99.9 % point of 3 degrees of freedom.
  expect(chiSquareOfEqual(few.filter((count) => count > 0))).toBeLessThan(16.3);
  const busy = makeStrategy('idle-first', { maxBusyScore: 0 });
  const many = tally(20_000, 4, (request) => busy.pick(request, fleetView([9, 1, 5, 2]), 0));
  expect(chiSquareOfEqual(many)).toBeLessThan(16.3);
});
