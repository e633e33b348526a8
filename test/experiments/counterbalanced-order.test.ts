import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  counterbalancedOrders,
  repetitionsOfRound,
} from '../../experiments/counterbalanced-order.ts';

const names = (count: number) => Array.from({ length: count }, (_, index) => `s${index}`);

/** How often each of these pairs occurs. */
function counts(pairs: readonly string[]): Map<string, number> {
  const found = new Map<string, number>();
  for (const pair of pairs) found.set(pair, (found.get(pair) ?? 0) + 1);
  return found;
}

test.each([2, 3, 4, 5, 6, 7, 8, 9, 12, 13])('a round of %i is balanced', (count) => {
  const repetitions = repetitionsOfRound(count);
  expect(repetitions).toBe(count % 2 === 0 ? count : 2 * count);
  const orders = counterbalancedOrders(names(count), repetitions);
  const places = counts(orders.flatMap((order) => order.map((name, place) => `${name}@${place}`)));
  expect(places.size).toBe(count * count);
  expect(new Set(places.values())).toEqual(new Set([repetitions / count]));
  const followers = counts(
    orders.flatMap((order) => order.slice(1).map((name, before) => `${order[before]}>${name}`)),
  );
  expect(followers.size).toBe(count * (count - 1));
  expect(new Set(followers.values())).toEqual(new Set([repetitions / count]));
});

test('every order has everything once, and every second one is the one before backwards', () => {
  const sizes = { count: fc.integer({ min: 1, max: 20 }), pairs: fc.integer({ min: 1, max: 30 }) };
  fc.assert(
    fc.property(fc.record(sizes), ({ count, pairs }) => {
      const orders = counterbalancedOrders(names(count), 2 * pairs);
      expect(orders).toHaveLength(2 * pairs);
      for (const [index, order] of orders.entries()) {
        expect(order.toSorted()).toEqual(names(count).toSorted());
        if (index % 2 === 1) expect(order).toEqual(orders[index - 1]!.toReversed());
      }
    }),
  );
});

test('two are measured in turn and in reverse', () => {
  expect(counterbalancedOrders(['a', 'b'], 4).join(' ')).toBe('a,b b,a a,b b,a');
  expect(counterbalancedOrders(['a', 'b', 'c', 'd'], 2).join(' ')).toBe('a,b,d,c c,d,b,a');
});

test('nothing to measure, or no repetition, is no order', () => {
  expect(counterbalancedOrders([], 2)).toEqual([[], []]);
  expect(counterbalancedOrders(['a'], 3)).toEqual([['a'], ['a'], ['a']]);
  expect(counterbalancedOrders(['a', 'b'], 0)).toEqual([]);
});
