import { expect, test } from 'vitest';
import { makeStrategy } from '../support/strategies.ts';
import { chiSquareOfEqual, fleetView, tally } from '../support/views.ts';

test('random gives every replica the same chance, however busy it is', () => {
  const fleet = fleetView([0, 50, 3, 0, 900, 1, 7, 20, 0, 4, 4]);
  for (let seed = 1; seed <= 10; seed++) {
    const strategy = makeStrategy('random', {}, seed);
    const counts = tally(20_000, fleet.length, (request) => strategy.pick(request, fleet, 0));
    // The 99.9 % point of 10 degrees of freedom.
    expect(chiSquareOfEqual(counts)).toBeLessThan(29.6);
  }
});

test('random picks do not depend on the ones before', () => {
  const fleet = fleetView([0, 0, 0, 0]);
  const strategy = makeStrategy('random');
  let last = 0;
  const pairs = new Array<number>(16).fill(0);
  tally(32_000, 4, (request) => {
    const picked = strategy.pick(request, fleet, 0);
    if (typeof picked === 'string') throw new Error('random always picks');
    pairs[4 * last + picked.index]! += 1;
    last = picked.index;
    return picked;
  });
  // The 99.9 % point of 15 degrees of freedom.
  expect(chiSquareOfEqual(pairs)).toBeLessThan(37.7);
});
