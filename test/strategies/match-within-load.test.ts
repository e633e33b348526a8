import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { bestPlaces, playPrefixes, prefixRuns } from '../support/prefix-runs.ts';
import { makeStrategy } from '../support/strategies.ts';
import { fleetView, tally } from '../support/views.ts';

function meanOf(numbers: readonly number[]): number {
  return numbers.reduce((sum, number) => sum + number, 0) / numbers.length;
}

/** Above which load a strategy wants nobody, however much he holds. */
const ceilings = {
  'approximate-prefix': () => Number.POSITIVE_INFINITY,
  'cache-aware-window': (loads: readonly number[]) => Math.min(...loads) + 3,
  'aibrix-prefix': (loads: readonly number[]) => {
    if (Math.max(...loads) - Math.min(...loads) > 8) return Math.min(...loads);
    const mean = meanOf(loads);
    return mean + Math.sqrt(meanOf(loads.map((load) => (load - mean) ** 2))) + 1e-9;
  },
};
const options = {
  'approximate-prefix': {},
  'cache-aware-window': { load: 'requests', window: 3 },
  'aibrix-prefix': {},
};
const names = Object.keys(ceilings) as (keyof typeof ceilings)[];

describe.each(names)('%s', (name) => {
  test('picks the longest match among those not too busy, and the least busy of equals', () => {
    let passedOver = 0;
    const property = fc.property(prefixRuns, fc.nat(), (run, seed) => {
      const strategy = makeStrategy(name, options[name], seed);
      for (const { fleet, matches, picked } of playPrefixes(strategy, run)) {
        const loads = fleet.map(({ inFlight }) => inFlight);
        const ceiling = ceilings[name](loads);
        const ranks = loads.map((load, i) =>
          load > ceiling
            ? [1, 0, 0]
            : [
                0,
                name === 'aibrix-prefix' && ceiling === Math.min(...loads) ? 0 : -matches[i]!,
                load,
              ],
        );
        expect(bestPlaces(ranks)).toContain(picked.index);
        if (matches[picked.index]! < Math.max(...matches)) passedOver += 1;
      }
    });
    fc.assert(property, { seed: 1, numRuns: 500 });
    expect(passedOver > 100).toBe(name !== 'approximate-prefix');
  });

  test('breaks ties by chance', () => {
    const strategy = makeStrategy(name);
    const counts = tally(400, 4, (request) => strategy.pick(request, fleetView([1, 1, 1, 1]), 0));
    expect(Math.min(...counts)).toBeGreaterThan(60);
  });
});

test('a window of tokens weighs prompts, and an allowance for each request', () => {
  const fleet = fleetView([0, 1, 3]);
  const strategy = (window: number) =>
    makeStrategy('cache-aware-window', { load: 'tokens', window, tokensPerRequest: 50 });
  const runs = [449, 450].map((window) => {
    const made = strategy(window);
    const [first] = playPrefixes(made, [{ text: [1, 2], inFlight: [9, 9, 0] }]);
    return made.pick(first!.request, fleet, 1);
  });
  expect(runs).toEqual([fleet[0], fleet[2]]);
});
