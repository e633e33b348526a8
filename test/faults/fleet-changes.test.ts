import { expect, test } from 'vitest';
import leastRequests from '../../strategies/least-requests.ts';
import { strategies } from '../../strategies/registry.ts';
import roundRobin from '../../strategies/round-robin.ts';
import { rowsOf, runPlain } from '../support/plain-fleet.ts';

const everyHalfSecond = Array.from({ length: 20 }, (_, i) => ({ atMs: 250 + i * 500 }));

function picksOf(events: readonly Readonly<Record<string, unknown>>[], replicas = 2): string {
  const rows = rowsOf(runPlain({ replicas, events }, everyHalfSecond));
  expect(rows.every(({ outcome }) => outcome === 'ok')).toBe(true);
  return rows.map(({ replica }) => replica.slice(2)).join('');
}

test('those who come are picked when they have booted, and those who leave no longer', () => {
  const add = { kind: 'add', at: '1s', group: 'r', count: 2, boot: '2s' };
  const remove = { kind: 'remove', at: '6s', replicas: ['r-1', 'r-3'], drain: '1s' };
  expect(picksOf([])).toBe('12121212121212121212');
  expect(picksOf([add])).toBe('12121234123412341234');
  expect(picksOf([add, remove])).toBe('12121234123424242424');
});

test('every replica of a changing fleet is in the summary, whenever it was there', () => {
  const add = { kind: 'add', at: '1s', group: 'r', count: 1 };
  const { replicas } = runPlain({ replicas: 2, events: [add] }, everyHalfSecond);
  expect(replicas.map(({ name }) => name)).toEqual(['r-1', 'r-2', 'r-3']);
  expect(replicas.every(({ busyUs }) => busyUs > 0)).toBe(true);
});

/** Those who fill one replica after the other as long as it serves all in time. */
const packers = ['first-fit', 'preble-e2', 'slo-slack'];

test.each(strategies.map((strategy) => [strategy.name, strategy] as const))(
  '%s spreads over those who are there, unless it packs, and over nobody else',
  (_name, strategy) => {
    const events = [
      { kind: 'remove', at: '2s', replicas: ['r-2'] },
      { kind: 'add', at: '5s', group: 'r', count: 2 },
    ];
    const requests = Array.from({ length: 1_000 }, (_, i) => ({ atMs: i * 10, outputTokens: 8 }));
    const rows = rowsOf(runPlain({ replicas: 3, events }, requests, strategy));
    const spans = [
      [0, 2, ['r-1', 'r-2', 'r-3']],
      [2, 5, ['r-1', 'r-3']],
      [5, 10, ['r-1', 'r-3', 'r-4', 'r-5']],
    ] as const;
    for (const [from, until, names] of spans) {
      const then = rows.filter(
        (row) => row.intendedUs >= from * 1e6 && row.intendedUs < until * 1e6,
      );
      const members: readonly string[] = names;
      expect(then.every(({ replica }) => members.includes(replica))).toBe(true);
      if (packers.includes(strategy.name)) continue;
      for (const name of names) {
        const share = then.filter(({ replica }) => replica === name).length / then.length;
        expect(share, `${name} from ${from} s`).toBeGreaterThan(0.6 / names.length);
      }
    }
  },
);

test('who is drained finishes what it has, and what it has not finished by then is lost', () => {
  const requests = [
    { atMs: 0, outputTokens: 250 },
    { atMs: 1, outputTokens: 50 },
    { atMs: 2, outputTokens: 350 },
  ];
  const events = [{ kind: 'remove', at: '1s', replicas: ['r-1'], drain: '2s' }];
  const rows = rowsOf(runPlain({ replicas: 2, events }, requests, roundRobin));
  expect(rows.map(({ endUs, outcome, replica }) => [replica, outcome, endUs])).toEqual([
    ['r-1', 'ok', 2_500_000],
    ['r-2', 'ok', 501_000],
    ['r-1', 'failed', 3_000_000],
  ]);
});

test('a machine that is taken back is left alone from the notice on, and another comes', () => {
  const events = [
    { kind: 'reclaim', at: '3s', replicas: ['r-1'], notice: '1s', replacement: '3s' },
  ];
  expect(picksOf(events)).toBe('12121222222232323232');
});

test('requests wait at the gateway while there is nobody, and go out in their order', () => {
  const requests = [0, 1_500, 1_600, 1_700, 5_000].map((atMs) => ({ atMs }));
  const events = [
    { kind: 'remove', at: '1s', replicas: ['r'] },
    { kind: 'add', at: '2s', group: 'r', count: 1, boot: '1s' },
  ];
  const rows = rowsOf(runPlain({ events, engine: { maxNumSeqs: 1 } }, requests, leastRequests));
  expect(rows.map(({ dispatchedUs, endUs }) => [dispatchedUs / 1_000, endUs / 1_000])).toEqual([
    [0, 10],
    [3_000, 3_010],
    [3_000, 3_020],
    [3_000, 3_030],
    [5_000, 5_010],
  ]);
});

test('those who come together share the requests that waited for them', () => {
  const waiting = Array.from({ length: 12 }, (_, i) => ({ atMs: 1_500 + i }));
  const events = [
    { kind: 'remove', at: '1s', replicas: ['r'] },
    { kind: 'add', at: '2s', group: 'r', count: 3, boot: '1s' },
    { kind: 'weight', at: '3s', replicas: ['r'], weight: 2 },
  ];
  const rows = rowsOf(runPlain({ events }, waiting, leastRequests));
  expect(rows.map(({ dispatchedUs }) => dispatchedUs)).toEqual(waiting.map(() => 3_000_000));
  const counts = ['r-2', 'r-3', 'r-4'].map((name) => {
    return rows.filter(({ replica }) => replica === name).length;
  });
  expect(counts).toEqual([4, 4, 4]);
});

test('requests that wait for nobody in particular are cut off by the end of the run', () => {
  const events = [{ kind: 'remove', at: '1s', replicas: ['r'] }];
  const rows = rowsOf(runPlain({ events }, [{ atMs: 0 }, { atMs: 2_000 }]));
  expect(rows.map(({ outcome }) => outcome)).toEqual(['ok', 'truncated']);
});

test('a strategy sees the weights as they are', () => {
  const seen: string[] = [];
  const spy = {
    ...roundRobin,
    create: () => ({
      pick: (_request: unknown, candidates: readonly { weight: number }[]) => {
        seen.push(candidates.map(({ weight }) => weight).join(' '));
        return candidates[0] as never;
      },
    }),
  };
  const events = [
    { kind: 'weight', at: '2s', replicas: ['r-2'], weight: 3 },
    { kind: 'weight', at: '4s', replicas: ['r'], weight: 0.5 },
  ];
  const requests = [1_000, 2_000, 3_000, 5_000].map((atMs) => ({ atMs }));
  runPlain({ replicas: 2, events }, requests, spy);
  expect(seen).toEqual(['1 1', '1 3', '1 3', '0.5 0.5']);
});
