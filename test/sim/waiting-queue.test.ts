import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ArrivalOrder } from '../../sim/replica/waiting-queue.ts';

const actions = fc.array(
  fc.record({
    kind: fc.constantFrom('add', 'add', 'putBack', 'popFront', 'removeWhere'),
    value: fc.nat(9),
  }),
  { maxLength: 300 },
);

test('it is a list whose two ends are near', () => {
  fc.assert(
    fc.property(actions, (script) => {
      const queue = new ArrivalOrder<number>();
      let list: number[] = [];
      for (const { kind, value } of script) {
        if (kind === 'add') {
          queue.add(value);
          list.push(value);
        } else if (kind === 'putBack') {
          queue.putBack(value);
          list.unshift(value);
        } else if (kind === 'removeWhere') {
          queue.removeWhere((item) => item === value);
          list = list.filter((item) => item !== value);
        } else if (list.length > 0) {
          expect(queue.popFront()).toBe(list.shift());
        }
        expect(queue.length).toBe(list.length);
        if (list.length > 0) expect(queue.front()).toBe(list[0]);
      }
    }),
    { seed: 6, numRuns: 500 },
  );
});
