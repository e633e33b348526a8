import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { ReplicaView } from '../../strategies/strategy.ts';
import { makeStrategy } from '../support/strategies.ts';
import { fleetView, requestView, tally } from '../support/views.ts';

describe('round-robin', () => {
  test('gives every replica the same number of requests, up to one, in their order', () => {
    const property = fc.property(
      fc.integer({ min: 1, max: 64 }),
      fc.nat(500),
      (replicas, picks) => {
        const fleet = fleetView(new Array(replicas).fill(0));
        const strategy = makeStrategy('round-robin');
        const counts = tally(picks, replicas, (request) => strategy.pick(request, fleet, 0));
        expect(counts).toEqual(
          counts.map((_, index) => Math.ceil((picks - index) / replicas) + 0 || 0),
        );
      },
    );
    fc.assert(property, { seed: 1, numRuns: 200 });
  });

  test('goes on with the next replica when one leaves or comes back, and skews nobody', () => {
    const replicas = fc.integer({ min: 3, max: 16 });
    const property = fc.property(replicas, fc.nat(), fc.nat(100), (count, who, when) => {
      const fleet = fleetView(new Array(count).fill(0));
      const leaving = who % count;
      const without = fleet.filter(({ index }) => index !== leaving);
      const strategy = makeStrategy('round-robin');
      const counts = new Array<number>(count).fill(0);
      const serve = (candidates: readonly ReplicaView[], requests: number) => {
        for (let id = 0; id < requests; id++) {
          const picked = strategy.pick(requestView(id), candidates, 0) as ReplicaView;
          counts[picked.index]! += 1;
        }
      };
      serve(fleet, when);
      serve(without, 5 * (count - 1));
      serve(fleet, 5 * count);
      const others = counts.filter((_, index) => index !== leaving);
      expect(Math.max(...others) - Math.min(...others)).toBeLessThanOrEqual(1);
      expect(counts[leaving]).toBeGreaterThanOrEqual(5);
    });
    fc.assert(property, { seed: 1, numRuns: 300 });
  });

  test('never picks the same replica twice in a row while there is another', () => {
    const steps = fc.array(fc.uniqueArray(fc.nat(7), { minLength: 2, maxLength: 8 }), {
      minLength: 2,
      maxLength: 40,
    });
    const property = fc.property(steps, (present) => {
      const fleet = fleetView(new Array(8).fill(0));
      const strategy = makeStrategy('round-robin');
      let last: unknown;
      for (const [id, indices] of present.entries()) {
        const candidates = fleet.filter(({ index }) => indices.includes(index));
        const picked = strategy.pick(requestView(id), candidates, 0);
        expect(picked).not.toBe(last);
        last = picked;
      }
    });
    fc.assert(property, { seed: 1, numRuns: 200 });
  });
});
