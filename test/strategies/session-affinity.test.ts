import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { SessionTable } from '../../strategies/shared/session-table.ts';
import type { ReplicaView } from '../../strategies/strategy.ts';
import { makeStrategy } from '../support/strategies.ts';
import { fleetView, requestView, tally } from '../support/views.ts';

const minuteUs = 60_000_000;

describe('session-affinity', () => {
  const ask = (strategy = makeStrategy('session-affinity')) => ({
    of: (session: number, fleet: readonly ReplicaView[], nowUs = 0) =>
      strategy.pick(requestView(1, 10, { session }), fleet, nowUs) as ReplicaView,
  });

  test('keeps a session where it was, however busy that replica is', () => {
    const property = fc.property(fc.array(fc.nat(50), { minLength: 2 }), (loads) => {
      const pick = ask();
      const first = pick.of(7, fleetView(loads));
      expect(first.inFlight).toBe(Math.min(...loads));
      const busier = fleetView(loads.map((load, at) => (at === first.index ? 1_000 : load)));
      expect(pick.of(7, busier).index).toBe(first.index);
    });
    fc.assert(property, { seed: 1, numRuns: 200 });
  });

  test('moves a session whose replica is gone, and leaves it there', () => {
    const pick = ask();
    const fleet = fleetView([0, 1, 2]);
    expect(pick.of(7, fleet).index).toBe(0);
    expect(pick.of(7, fleet.slice(1)).index).toBe(1);
    expect(pick.of(7, fleet).index).toBe(1);
  });

  test('forgets a session after its time to live, counted from its last request', () => {
    const pick = ask();
    const [before, after] = [fleetView([0, 1]), fleetView([1, 0])];
    expect(pick.of(7, before, 0).index).toBe(0);
    expect(pick.of(7, after, 10 * minuteUs).index).toBe(0);
    expect(pick.of(7, after, 20 * minuteUs).index).toBe(0);
    expect(pick.of(7, after, 30 * minuteUs + 1).index).toBe(1);
  });

  test('treats requests without a session one by one, also those of one tenant', () => {
    const strategy = makeStrategy('session-affinity');
    const fleet = fleetView([4, 0, 0, 9]);
    const counts = tally(1_000, 4, (request) => strategy.pick(request, fleet, 0));
    expect(counts.map((count) => count > 400)).toEqual([false, true, true, false]);
  });
});

test('a session table is a map that forgets the longest silent, and all after a while', () => {
  const use = fc.record({
    session: fc.integer({ min: 1, max: 12 }),
    replica: fc.nat(5),
    afterUs: fc.nat(40),
    reads: fc.boolean(),
  });
  const property = fc.property(fc.array(use), fc.integer({ min: 1, max: 8 }), (uses, capacity) => {
    const ttlUs = 100;
    const table = new SessionTable({ capacity, ttlUs });
    const model = new Map<number, { replica: number; usedUs: number }>();
    let nowUs = 0;
    for (const { afterUs, reads, replica, session } of uses) {
      nowUs += afterUs;
      if (reads) {
        const known = model.get(session);
        const expected = known && nowUs - known.usedUs <= ttlUs ? known.replica : -1;
        expect(table.replicaOf(session, nowUs)).toBe(expected);
      } else {
        table.bind(session, replica, nowUs);
        // A map keeps the order of insertion, so the first is the one silent for longest.
        model.delete(session);
        if (model.size === capacity) model.delete(model.keys().next().value!);
        model.set(session, { replica, usedUs: nowUs });
      }
      expect(table.size).toBe(model.size);
    }
  });
  fc.assert(property, { seed: 1, numRuns: 500 });
});
