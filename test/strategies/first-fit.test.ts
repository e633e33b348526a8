import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { ReplicaView } from '../../strategies/strategy.ts';
import { makeStrategy } from '../support/strategies.ts';
import { fleetView, requestView } from '../support/views.ts';

const loads = fc.array(fc.nat(8), { minLength: 1, maxLength: 20 });

describe('first-fit', () => {
  test('picks the first with a free slot, and the least busy when there is none', () => {
    const property = fc.property(loads, fc.integer({ min: 1, max: 6 }), (given, slots) => {
      const fleet = fleetView(given);
      const picked = makeStrategy('first-fit', { slots }).pick(requestView(0), fleet, 0);
      const first = fleet.find(({ inFlight }) => inFlight < slots);
      if (first !== undefined) expect(picked).toBe(first);
      else expect((picked as ReplicaView).inFlight).toBe(Math.min(...given));
    });
    fc.assert(property, { seed: 1, numRuns: 1_000 });
  });

  test('takes the slots of a replica from what it has said, and 256 where it has not', () => {
    const maxNumSeqs = [4, 300, Number.NaN, 8];
    const busy = (inFlight: readonly number[]) =>
      fleetView(inFlight, ({ index }) => ({ maxNumSeqs: maxNumSeqs[index]! }));
    const pick = (inFlight: readonly number[]) =>
      (makeStrategy('first-fit').pick(requestView(0), busy(inFlight), 0) as ReplicaView).index;
    expect(pick([3, 0, 0, 0])).toBe(0);
    expect(pick([4, 299, 0, 0])).toBe(1);
    expect(pick([4, 300, 255, 0])).toBe(2);
    expect(pick([4, 300, 256, 0])).toBe(3);
  });
});
