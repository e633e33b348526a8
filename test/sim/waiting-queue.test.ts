import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ArrivalOrder } from '../../sim/replica/waiting-queue.ts';

interface Item {
  readonly value: number;
}

const actions = fc.array(
  fc.record({
    kind: fc.constantFrom('add', 'add', 'putBack', 'popFront', 'remove'),
    value: fc.nat(9),
  }),
  { maxLength: 300 },
);

test('it is a list whose two ends are near', () => {
  fc.assert(
    fc.property(actions, (script) => {
      const queue = new ArrivalOrder<Item>();
      const list: Item[] = [];
      for (const { kind, value } of script) {
        const item = { value };
        if (kind === 'add') {
          queue.add(item);
          list.push(item);
        } else if (kind === 'putBack') {
          queue.putBack(item);
          list.unshift(item);
        } else if (kind === 'remove') {
          const gone = list[value % Math.max(1, list.length)];
          if (gone === undefined) continue;
          queue.remove(gone);
          list.splice(list.indexOf(gone), 1);
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
