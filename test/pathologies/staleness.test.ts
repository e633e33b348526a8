import { describe, expect, test } from 'vitest';
import type { Strategy, StrategyContext } from '../../strategies/strategy.ts';
import { alwaysBusiest, staleFirstIndex } from '../support/negative-controls.ts';
import { strategyNamed } from '../support/strategies.ts';
import { runToyFleet, toyReplicas } from '../support/toy-fleet.ts';

// What age does to a balancer that looks at metrics: seconds of waiting for a slot in a fleet where
// nothing but the choice of the replica makes anybody wait.

type Create = (context: StrategyContext) => Strategy;

function named(name: string, options: Readonly<Record<string, unknown>> = {}): Create {
  return (context) => strategyNamed(name).create(options, context);
}

/** As most of the field has it: a report counts whole until the next, and nothing is added. */
const asReported = { correct: 'nothing', discountAfterS: 86_400, dropAfterS: 86_400 };

const kinds = {
  random: named('random'),
  'round-robin': named('round-robin'),
  'power-of-two': named('power-of-two'),
  'least-requests': named('least-requests'),
  'least total work': named('least-tokens', { tokensPerRequest: 0 }),
  'always busiest': alwaysBusiest,
  'w, first index': staleFirstIndex,
  w: named('least-waiting', asReported),
  '4w + r': named('vllm-dp', { ...asReported, ties: 'random' }),
  'two of w + r': named('least-load', { ...asReported, choose: 'two' }),
  'w + r + sent': named('least-load', { ...asReported, correct: 'sent' }),
  'w, corrected': named('least-waiting'),
  '4w + r, corrected': named('vllm-dp', { ties: 'random' }),
  'w + r, corrected': named('least-load'),
} as const satisfies Record<string, Create>;

type Kind = keyof typeof kinds;

interface Waits {
  readonly meanS: number;
  readonly p99S: number;
}

const measured = new Map<string, Waits>();

/** The means over some seeds; more of them where nobody spreads the bursts. */
function waits(kind: Kind, rho: number, scrapeS = Number.POSITIVE_INFINITY): Waits {
  const key = `${kind}/${rho}/${scrapeS}`;
  const before = measured.get(key);
  if (before !== undefined) return before;
  const isBlind = kind === 'random' || kind === 'round-robin';
  const seeds = Array.from({ length: isBlind ? 24 : 5 }, (_, seed) => seed + 1);
  const runs = seeds.map((seed) => runToyFleet({ create: kinds[kind], rho, scrapeS, seed }));
  const mean = (values: readonly number[]) =>
    values.reduce((sum, value) => sum + value, 0) / values.length;
  const now = {
    meanS: mean(runs.map(({ meanWaitS }) => meanWaitS)),
    p99S: mean(runs.map(({ p99WaitS }) => p99WaitS)),
  };
  measured.set(key, now);
  return now;
}

/** Scrape period, 99th percentile and mean of the wait, all in seconds. */
type Cell = readonly [scrapeS: number, p99S: number, meanS?: number];
type Row = readonly [kind: Kind, rho: number, cells: readonly Cell[]];

const never = Number.POSITIVE_INFINITY;

const rows: readonly Row[] = [
  ['random', 0.8, [[never, 5.9, 0.308]]],
  ['round-robin', 0.8, [[never, 2.9, 0.122]]],
  ['power-of-two', 0.8, [[never, 0]]],
  ['least-requests', 0.8, [[never, 0]]],
  ['least total work', 0.8, [[never, 11.6, 2.07]]],
  [
    'w, first index',
    0.8,
    [
      [0.05, 1.5, 0.231],
      [0.2, 2.7, 0.468],
      [1, 7.4, 1.67],
      [5, 29, 8.4],
      [10, 56],
      [30, 157],
    ],
  ],
  [
    'w',
    0.8,
    [
      [0.05, 0.44, 0.014],
      [0.2, 0.52, 0.016],
      [1, 0.79, 0.026],
      [5, 2.3, 0.115],
      [10, 7.8, 0.66],
      [30, 67],
    ],
  ],
  [
    '4w + r',
    0.8,
    [
      [0.05, 0],
      [0.2, 0.01],
      [1, 3.7, 0.33],
      [5, 23, 5.5],
      [10, 48],
      [30, 153],
    ],
  ],
  [
    'two of w + r',
    0.8,
    [
      [0.05, 0],
      [0.2, 0],
      [1, 0.08],
      [5, 2.2, 0.108],
      [10, 4.6],
      [30, 15],
    ],
  ],
  [
    'w + r + sent',
    0.8,
    [
      [0.05, 0],
      [0.2, 0],
      [1, 0],
      [5, 1, 0.039],
      [10, 3.2],
      [30, 13],
    ],
  ],
  ['random', 0.92, [[never, 27.5]]],
  ['round-robin', 0.92, [[never, 21]]],
  ['power-of-two', 0.92, [[never, 1.35]]],
  ['least-requests', 0.92, [[never, 1.45]]],
  [
    '4w + r',
    0.92,
    [
      [0.05, 1.5],
      [1, 6.5],
      [5, 31],
      [10, 63],
    ],
  ],
  [
    'two of w + r',
    0.92,
    [
      [0.05, 2.1],
      [1, 2.6],
      [5, 5.1],
      [10, 8.5],
    ],
  ],
  [
    'w + r + sent',
    0.92,
    [
      [0.05, 1.5],
      [1, 1.8],
      [5, 3.7],
      [10, 6.6],
    ],
  ],
];

describe.each(rows)('%s at a load of %d', (kind, rho, cells) => {
  const expected = cells.map(([scrapeS, p99S, meanS]) => ({ scrapeS, p99S, meanS }));
  test.each(expected)('waits as told: a report every $scrapeS s', ({ scrapeS, p99S, meanS }) => {
    const found = waits(kind, rho, scrapeS);
    expect(Math.abs(found.p99S - p99S)).toBeLessThan(0.05 + 0.4 * p99S);
    if (meanS === undefined) return;
    if (meanS > 0.05) expect(Math.abs(found.meanS / meanS - 1)).toBeLessThan(0.3);
    else expect(found.meanS).toBeLessThan(0.05);
  });
});

const ages = [0.05, 0.2, 1, 5, 10, 30];

/** The first period at which a strategy does worse than the blindest of those in use. */
function crossing(kind: Kind, rho: number, of: keyof Waits): number | undefined {
  return ages.find((scrapeS) => waits(kind, rho, scrapeS)[of] > waits('round-robin', rho)[of]);
}

describe('metrics that age', () => {
  test('make a good score worse than round robin within seconds', () => {
    expect(crossing('4w + r', 0.8, 'meanS')).toBe(1);
    expect(crossing('4w + r', 0.92, 'p99S')).toBe(5);
    expect(crossing('w', 0.8, 'p99S')).toBe(10);
    expect(crossing('two of w + r', 0.8, 'p99S')).toBe(10);
  });

  test('are worse than nothing from the first report on when ties go to the first', () => {
    const { meanS } = waits('round-robin', 0.8);
    const costs = [0.05, 0.2].map((scrapeS) => waits('w, first index', 0.8, scrapeS).meanS);
    expect(costs[0]! / meanS).toBeGreaterThan(1.4);
    expect(costs[1]! / meanS).toBeGreaterThan(2.8);
    expect(crossing('w, first index', 0.8, 'p99S')).toBe(1);
    for (const scrapeS of ages) {
      const { meanS: byChance } = waits('w', 0.8, scrapeS);
      expect(waits('w, first index', 0.8, scrapeS).meanS).toBeGreaterThan(4 * byChance);
    }
  });

  test('never help who has seen them later', () => {
    for (const kind of ['w, first index', 'w', '4w + r', 'two of w + r', 'w + r + sent'] as const) {
      const means = ages.map((scrapeS) => waits(kind, 0.8, scrapeS).meanS);
      for (let i = 1; i < means.length; i++) {
        expect(means[i]!).toBeGreaterThan(0.95 * means[i - 1]! - 0.001);
      }
    }
  });

  test('are cured by counting what was sent since the report', () => {
    for (const scrapeS of [1, 5, 10, 30]) {
      const { meanS } = waits('w + r + sent', 0.8, scrapeS);
      expect(waits('4w + r', 0.8, scrapeS).meanS).toBeGreaterThan(10 * meanS);
    }
    expect(waits('w + r + sent', 0.8, 5).meanS).toBeLessThan(waits('round-robin', 0.8).meanS);
  });

  test('do no harm to the strategies as they are by default', () => {
    for (const scrapeS of [1, 10]) {
      for (const kind of ['w, corrected', '4w + r, corrected', 'w + r, corrected'] as const) {
        const { meanS } = waits(kind, 0.8, scrapeS);
        expect(meanS).toBeLessThan(waits('round-robin', 0.8).meanS);
      }
    }
    // One gateway that counts what it sent and what has ended knows all there is to know.
    expect(waits('w + r, corrected', 0.8, 10).meanS).toBeLessThan(0.001);
  });
});

test('the worst of all strategies is told from the others', () => {
  const busiest = runToyFleet({ create: alwaysBusiest, rho: 0.8, scrapeS: never });
  expect(Math.max(...busiest.sent)).toBeGreaterThan(59_000);
  expect(busiest.meanWaitS).toBeGreaterThan(100 * waits('random', 0.8).meanS);
  const fair = runToyFleet({ create: kinds['least-requests'], rho: 0.8, scrapeS: never });
  expect(Math.max(...fair.sent)).toBeLessThan((1.05 * 60_000) / toyReplicas);
});

test('a run of the model keeps the invariants of the gateway', () => {
  const options = { create: kinds.w, rho: 0.9, scrapeS: 0.2, arrivals: 3_000, warmup: 0 };
  const watched = runToyFleet({ ...options, checkInvariants: true });
  expect(watched).toEqual(runToyFleet(options));
  expect(watched.sent.reduce((sum, sent) => sum + sent, 0)).toBe(3_000);
});
