import { describe, expect, test } from 'vitest';
import { areAlike } from '../support/chi-square.ts';
import { makeStrategy } from '../support/strategies.ts';
import { fleetView, tally, weightedFleet } from '../support/views.ts';

const name = 'envoy-least-request';

describe('envoy-least-request', () => {
  test.each([
    [2, (below: number) => 1 - below ** 2],
    [3, (below: number) => 1 - below ** 3],
  ])('of equal weights takes the least of %d draws with replacement', (choiceCount, atMost) => {
    // With loads 0, 1, …, n-1 the least is at most i unless all draws are above it.
    const replicas = 6;
    const fleet = fleetView(Array.from({ length: replicas }, (_, index) => index));
    const strategy = makeStrategy(name, { choiceCount });
    const counts = tally(30_000, replicas, (request) => strategy.pick(request, fleet, 0));
    const expected = counts.map(
      (_, i) => 1e9 * (atMost((replicas - 1 - i) / replicas) - atMost((replicas - i) / replicas)),
    );
    expect(areAlike(counts, expected)).toBe(true);
  });

  test('of unequal weights and no load gives shares by weight', () => {
    const strategy = makeStrategy(name);
    const fleet = weightedFleet([5, 2, 1]);
    const counts = tally(8_000, 3, (request) => strategy.pick(request, fleet, 0));
    expect(counts).toEqual([5_000, 2_000, 1_000]);
  });

  test.each([
    [1, 8 / 9],
    [0, 2 / 3],
    [2, 32 / 33],
  ])('with a bias of %d shares weight/(in flight + 1)^bias', (activeRequestBias, share) => {
    const strategy = makeStrategy(name, { activeRequestBias });
    // 2/1 against 1/(3 + 1)^bias.
    const fleet = fleetView([0, 3], ({ index }) => ({ weight: index === 0 ? 2 : 1 }));
    const counts = tally(9_900, 2, (request) => strategy.pick(request, fleet, 0));
    expect(Math.abs(counts[0]! / 9_900 - share)).toBeLessThan(0.001);
  });

  test('gives who comes back its share, and not all that it has missed', () => {
    const strategy = makeStrategy(name);
    const fleet = weightedFleet([2, 1, 1]);
    tally(100, 3, (request) => strategy.pick(request, fleet, 0));
    tally(10_000, 3, (request) => strategy.pick(request, fleet.slice(0, 2), 0));
    const counts = tally(40, 3, (request) => strategy.pick(request, fleet, 0));
    expect(Math.abs(counts[2]! - 10)).toBeLessThanOrEqual(1);
  });
});
