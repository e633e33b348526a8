import fc from 'fast-check';
import { expect, test } from 'vitest';
import { fleetTimeline } from '../../scenarios/fleet-timeline.ts';
import { drawnEvents, eventsOf } from '../support/drawn-events.ts';
import { smallScenario } from '../support/scenarios.ts';

type Event = Readonly<Record<string, unknown>>;

/** `seconds replica kind figures` of each change of a fleet of r-1 and r-2 that runs for 11 s. */
function changesOf(...events: readonly Event[]): string[] {
  const { changes, replicas } = fleetTimeline(smallScenario({ events }));
  return changes.map(({ atUs, kind, replica, ...figures }) =>
    [atUs / 1e6, replicas[replica]!.name, kind, ...Object.values(figures)].join(' '),
  );
}

const r1 = { replicas: ['r-1'] };

test('a scenario without events plans nothing, and all are there from the start', () => {
  const { changes, replicas } = fleetTimeline(smallScenario({ replicas: 3 }));
  expect(changes).toEqual([]);
  expect(replicas.map(({ isThereFromStart, name }) => [name, isThereFromStart])).toEqual([
    ['r-1', true],
    ['r-2', true],
    ['r-3', true],
  ]);
});

test('a crash goes through down and loading, and a whole group through it together', () => {
  expect(
    changesOf({ kind: 'crash', at: '2s', replicas: ['r'], mode: 'hang', down: '3s', warmUp: '1s' }),
  ).toEqual([
    '2 r-1 down hang',
    '2 r-2 down hang',
    '5 r-1 loading',
    '5 r-2 loading',
    '6 r-1 up',
    '6 r-2 up',
  ]);
});

test('a crash within a crash lasts until both are over and looks like the later', () => {
  expect(
    changesOf(
      { kind: 'crash', at: '2s', ...r1, mode: 'hang', down: '3s', warmUp: '4s' },
      { kind: 'crash', at: '4s', ...r1, mode: 'reset', down: '2s' },
      { kind: 'crash', at: '7s', ...r1, mode: 'fail-fast', down: '1s' },
    ),
  ).toEqual([
    '2 r-1 down hang',
    '4 r-1 down reset',
    '6 r-1 loading',
    '7 r-1 down fail-fast',
    '8 r-1 loading',
    '9 r-1 up',
  ]);
});

test('what overlaps adds up', () => {
  expect(
    changesOf(
      { kind: 'slow', at: '1s', ...r1, factor: 2, for: '4s' },
      { kind: 'slow', at: '3s', ...r1, factor: 3, for: '1s' },
    ),
  ).toEqual(['1 r-1 pace 2', '3 r-1 pace 6', '4 r-1 pace 2', '5 r-1 pace 1']);
  expect(
    changesOf(
      { kind: 'network', at: '1s', ...r1, delay: '20ms', loss: 0.5, for: '4s' },
      { kind: 'network', at: '2s', ...r1, delay: '5ms', loss: 0.5, for: '1s' },
    ),
  ).toEqual([
    '1 r-1 network 20000 0.5',
    '2 r-1 network 25000 0.75',
    '3 r-1 network 20000 0.5',
    '5 r-1 network 0 0',
  ]);
  expect(
    changesOf(
      { kind: 'metrics', at: '1s', ...r1, mode: 'lost', for: '2s' },
      { kind: 'metrics', at: '2s', ...r1, mode: 'frozen', for: '3s' },
    ),
  ).toEqual(['1 r-1 metrics lost', '3 r-1 metrics frozen', '5 r-1 metrics ok']);
});

test('the gateway hears of a notice, and of a replacement when it is there', () => {
  const events = [{ kind: 'reclaim', at: '2s', ...r1, notice: '3s', replacement: '4s' }];
  expect(changesOf(...events)).toEqual(['2 r-1 drain', '5 r-1 off', '6 r-3 up', '6 r-3 join']);
  const { replicas } = fleetTimeline(smallScenario({ events }));
  expect(replicas.at(-1)).toEqual({ name: 'r-3', group: 0, isThereFromStart: false });
});

test('those that come have the next numbers, and can be meant from then on', () => {
  expect(
    changesOf(
      { kind: 'weight', at: '5s', replicas: ['r-4', 'r-4'], weight: 3 },
      { kind: 'remove', at: '6s', replicas: ['r'], drain: '1s' },
      { kind: 'add', at: '1s', group: 'r', count: 2, boot: '2s' },
      { kind: 'add', at: '5500ms', group: 'r', count: 1, boot: '1s' },
    ),
  ).toEqual([
    ...['3 r-3 up', '3 r-3 join', '3 r-4 up', '3 r-4 join', '5 r-4 weight 3'],
    ...['6 r-1 drain', '6 r-2 drain', '6 r-3 drain', '6 r-4 drain'],
    ...['6.5 r-5 up', '6.5 r-5 join'],
    ...['7 r-1 off', '7 r-2 off', '7 r-3 off', '7 r-4 off'],
  ]);
});

test('nothing but its network changes for who is gone', () => {
  expect(
    changesOf(
      { kind: 'crash', at: '2s', ...r1, down: '5s' },
      { kind: 'slow', at: '2s', ...r1, factor: 2, for: '5s' },
      { kind: 'network', at: '2s', ...r1, loss: 1, for: '5s' },
      { kind: 'remove', at: '3s', ...r1, drain: '0s' },
    ),
  ).toEqual([
    ...['2 r-1 down reset', '2 r-1 pace 2', '2 r-1 network 0 1'],
    ...['3 r-1 drain', '3 r-1 off', '7 r-1 network 0 0'],
  ]);
});

test('any timeline is in order, and every replica goes through a life that makes sense', () => {
  const property = fc.property(drawnEvents(20), fc.integer({ min: 1, max: 4 }), (drawn, count) => {
    const fleet = [{ name: 'r', replicas: count }];
    const events = eventsOf(drawn, { fleet, lengthMs: 11_000 });
    const { changes, replicas } = fleetTimeline(smallScenario({ replicas: count, events }));
    const times = changes.map(({ atUs }) => atUs);
    expect(times).toEqual(times.toSorted((a, b) => a - b));
    for (const [index, { isThereFromStart }] of replicas.entries()) {
      const own = changes.filter(({ replica }) => replica === index).map(({ kind }) => kind);
      const lives = own.filter((kind) => ['down', 'loading', 'up', 'off'].includes(kind));
      const text = `${isThereFromStart ? 'up ' : ''}${lives.join(' ')}`.trim();
      expect(text).toMatch(/^up( down)*(( down| loading)+ up)*( down| loading)*( off)?$/);
      const told = own.filter((kind) => kind === 'join' || kind === 'drain').join(' ');
      expect(told).toMatch(isThereFromStart ? /^(drain)?$/ : /^join( drain)?$/);
      expect(own.includes('off')).toBe(told.endsWith('drain'));
    }
  });
  fc.assert(property, { seed: 2, numRuns: 500 });
});
