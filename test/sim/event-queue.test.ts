import fc from 'fast-check';
import { expect, test } from 'vitest';
import { EventQueue } from '../../sim/event-queue.ts';

interface Pending {
  readonly slot: number;
  readonly timeUs: number;
}

/** What the queue promises, as plainly as it can be said: a list, sorted when it is asked. */
class PlainQueue {
  pending: Pending[] = [];

  schedule(slot: number, timeUs: number): void {
    this.pending = this.pending.filter((other) => other.slot !== slot);
    this.pending.push({ slot, timeUs });
  }

  pop(): Pending {
    this.pending.sort((a, b) => a.timeUs - b.timeUs || a.slot - b.slot);
    return this.pending.shift()!;
  }
}

const slots = 12;
const slot = fc.nat(slots - 1);
const actions = fc.array(
  fc.oneof(
    fc.record({
      kind: fc.constant('schedule' as const),
      slot,
      timeUs: fc.integer({ min: 0, max: 20 }),
    }),
    fc.record({ kind: fc.constant('pop' as const) }),
  ),
  { minLength: 100, maxLength: 200 },
);

test('wakes come by time, then slot', () => {
  fc.assert(
    fc.property(actions, (script) => {
      const queue = new EventQueue(slots);
      const plain = new PlainQueue();
      for (const action of script) {
        if (action.kind === 'schedule') {
          queue.schedule(action.slot, action.timeUs);
          plain.schedule(action.slot, action.timeUs);
        } else if (plain.pending.length > 0) {
          const nextUs = queue.nextUs;
          expect({ slot: queue.pop(), timeUs: nextUs }).toMatchObject({
            ...pick(plain.pop()),
          });
        }
        expect(queue.size).toBe(plain.pending.length);
      }
    }),
    { seed: 5, numRuns: 500 },
  );
});

test('a wake that is no whole number of microseconds is refused', () => {
  const queue = new EventQueue(1);
  for (const timeUs of [Number.NaN, Number.POSITIVE_INFINITY, 0.5]) {
    expect(() => queue.schedule(0, timeUs)).toThrow(/a wake at/);
  }
});

function pick({ slot: popped, timeUs }: Pending) {
  return { slot: popped, timeUs };
}
