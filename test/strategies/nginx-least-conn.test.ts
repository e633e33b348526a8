import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { ReplicaView } from '../../strategies/strategy.ts';
import { makeStrategy } from '../support/strategies.ts';
import { fleetView, requestView, weightedFleet } from '../support/views.ts';

const load = fc.record({ inFlight: fc.nat(9), weight: fc.integer({ min: 1, max: 5 }) });
const loads = fc.array(load, { minLength: 1, maxLength: 16 });

describe('nginx-least-conn', () => {
  test('always picks the fewest requests in flight per weight', () => {
    const property = fc.property(loads, fc.nat(20), (given, before) => {
      const strategy = makeStrategy('nginx-least-conn');
      const idle = weightedFleet(given.map(({ weight }) => weight));
      for (let id = 0; id < before; id++) strategy.pick(requestView(id), idle, 0);
      const fleet = fleetView(
        given.map(({ inFlight }) => inFlight),
        ({ index }) => ({ weight: given[index]!.weight }),
      );
      const ratio = ({ inFlight, weight }: Pick<ReplicaView, 'inFlight' | 'weight'>) =>
        inFlight / weight;
      const picked = strategy.pick(requestView(0), fleet, 0) as ReplicaView;
      expect(ratio(picked)).toBe(Math.min(...given.map(ratio)));
    });
    fc.assert(property, { seed: 1, numRuns: 1_000 });
  });

  test('of an idle fleet picks as the weighted round robin does', () => {
    const property = fc.property(loads, (given) => {
      const fleet = weightedFleet(given.map(({ weight }) => weight));
      const [one, other] = [makeStrategy('nginx-least-conn'), makeStrategy('weighted-round-robin')];
      for (let id = 0; id < 100; id++) {
        const request = requestView(id);
        expect(one.pick(request, fleet, 0)).toBe(other.pick(request, fleet, 0));
      }
    });
    fc.assert(property, { seed: 1, numRuns: 100 });
  });

  test('does not move on the round robin when one is the least alone', () => {
    const strategy = makeStrategy('nginx-least-conn');
    const [idle, busy] = [fleetView([0, 0, 0]), fleetView([3, 2, 3])];
    expect(strategy.pick(requestView(0), idle, 0)).toBe(idle[0]);
    for (let id = 1; id < 5; id++) expect(strategy.pick(requestView(id), busy, 0)).toBe(busy[1]);
    expect(strategy.pick(requestView(5), idle, 0)).toBe(idle[1]);
  });
});
