import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Alarm, Timers } from '../../gateway/timers.ts';

type Act = { kind: 'at'; inUs: number } | { kind: 'callOff'; which: number } | { kind: 'run' };

const act: fc.Arbitrary<Act> = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({ kind: fc.constant('at'), inUs: fc.integer({ min: 1, max: 50 }) }),
  },
  { weight: 5, arbitrary: fc.record({ kind: fc.constant('callOff'), which: fc.nat(400) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('run') }) },
) as fc.Arbitrary<Act>;

test('does what is due and was not called off, in order, and is woken in time for the rest', () => {
  const property = fc.property(fc.array(act, { minLength: 100, maxLength: 400 }), (acts) => {
    let nowUs = 0;
    let wakeUs = Number.POSITIVE_INFINITY;
    const timers = new Timers({
      wakeAt: (us) => {
        wakeUs = Math.min(wakeUs, us);
      },
    });
    const plain: { atUs: number; id: number }[] = [];
    const alarms: Alarm[] = [];
    const done: number[] = [];
    for (const next of acts) {
      if (next.kind === 'at') {
        const id = alarms.length;
        alarms.push(timers.at(nowUs + next.inUs, () => done.push(id)));
        plain.push({ atUs: nowUs + next.inUs, id });
      } else if (next.kind === 'callOff' && alarms.length > 0) {
        const id = next.which % alarms.length;
        timers.callOff(alarms[id]!);
        const at = plain.findIndex((one) => one.id === id);
        if (at >= 0) plain.splice(at, 1);
      } else if (next.kind === 'run') {
        nowUs += 10;
        const due = plain.filter(({ atUs }) => atUs <= nowUs);
        due.sort((a, b) => a.atUs - b.atUs || a.id - b.id);
        for (const one of due) plain.splice(plain.indexOf(one), 1);
        done.length = 0;
        wakeUs = Number.POSITIVE_INFINITY;
        timers.run(nowUs);
        expect(done).toEqual(due.map(({ id }) => id));
      }
      const late = plain.find(({ atUs }) => atUs < wakeUs);
      if (late !== undefined) expect.fail(`nobody wakes it at ${late.atUs}`);
    }
  });
  fc.assert(property, { seed: 1, numRuns: 200 });
});

test('keeps next to nothing of a million alarms that were called off', () => {
  const timers = new Timers({ wakeAt: () => {} });
  const before = process.memoryUsage().heapUsed;
  timers.at(1, () => {});
  for (let i = 0; i < 1_000_000; i++) timers.callOff(timers.at(60e6 + i, () => {}));
  // Each that is kept takes some 100 bytes.
  expect(process.memoryUsage().heapUsed - before).toBeLessThan(60e6);
});
