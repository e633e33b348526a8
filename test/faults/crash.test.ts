import { describe, expect, test } from 'vitest';
import { simulate } from '../../sim/simulate.ts';
import leastRequests from '../../strategies/least-requests.ts';
import roundRobin from '../../strategies/round-robin.ts';
import { rowsOf, runPlain } from '../support/plain-fleet.ts';
import { smallScenario } from '../support/scenarios.ts';

const crash = { kind: 'crash', at: '1s', replicas: ['r-1'], down: '2s', warmUp: '1s' };
/** One that is at work when the replica dies, one while it is down, while it loads and after. */
const four = [
  { atMs: 900, outputTokens: 100 },
  { atMs: 1_500 },
  { atMs: 3_500 },
  { atMs: 4_000, outputTokens: 3 },
];

function endsOf(mode: string): string[] {
  const run = runPlain({ events: [{ ...crash, mode }] }, four);
  return rowsOf(run).map(({ endUs, outcome }) => `${outcome} ${endUs / 1_000}`);
}

describe('a replica that dies', () => {
  test('resets what it has, refuses what comes, and serves again when it has loaded', () => {
    expect(endsOf('reset')).toEqual(['failed 1000', 'failed 1501', 'failed 3501', 'ok 4030']);
  });

  test('answers nothing while it hangs, until a new process takes its place', () => {
    expect(endsOf('hang')).toEqual(['failed 3000', 'failed 3000', 'failed 3501', 'ok 4030']);
  });

  test('fails at once whatever comes when it fails fast', () => {
    expect(endsOf('fail-fast')).toEqual(['failed 1000', 'failed 1501', 'failed 3501', 'ok 4030']);
  });

  test('is refused by nobody for the length of a request it never saw', () => {
    const { refused } = runPlain({ events: [crash] }, four);
    expect(refused.requests).toBe(0);
  });

  test('is not told of to the gateway: it goes on being picked', () => {
    const run = runPlain({ replicas: 2, events: [crash] }, [...four, ...four].toSorted(byTime));
    expect(rowsOf(run).map(({ replica }) => replica)).toEqual([
      ...['r-1', 'r-2', 'r-1', 'r-2', 'r-1', 'r-2', 'r-1', 'r-2'],
    ]);
  });
});

function byTime(a: { atMs: number }, b: { atMs: number }): number {
  return a.atMs - b.atMs;
}

test('clients that try again get through to a replica that lives', () => {
  const failed = (retries: number) => {
    const scenario = smallScenario({
      replicas: 3,
      traffic: [{ client: { retries, backoff: '20ms' } }],
      events: [{ ...crash, down: '6s' }],
    });
    const { log } = simulate({ scenario, strategy: roundRobin, strategyOptions: {}, seed: 1 });
    return [...log.rows()].filter(({ outcome }) => outcome === 'failed').length;
  };
  expect(failed(0)).toBeGreaterThan(5);
  expect(failed(3)).toBe(0);
});

/** Of the requests sent while one of four replicas is down, how many it got. */
function shareOfDead(mode: string): number {
  const scenario = smallScenario({
    replicas: 4,
    traffic: [{ arrivals: { kind: 'poisson', rate: 40 } }],
    events: [{ kind: 'crash', at: '2s', replicas: ['r-2'], mode, down: '8s' }],
  });
  const strategy = leastRequests;
  const { log } = simulate({ scenario, strategy, strategyOptions: {}, seed: 3 });
  const then = [...log.rows()].filter(
    ({ dispatchedUs }) => dispatchedUs >= 2e6 && dispatchedUs < 10e6,
  );
  expect(then.length).toBeGreaterThan(250);
  return then.filter(({ replica }) => replica === 'r-2').length / then.length;
}

test('a replica that fails fast swallows the traffic of whoever counts requests', () => {
  expect(shareOfDead('fail-fast')).toBeGreaterThan(0.7);
});

test('a replica that hangs fills up and is left alone by whoever counts requests', () => {
  expect(shareOfDead('hang')).toBeLessThan(0.1);
});

test('a new engine knows nothing of what the last one had cached', () => {
  const session = [0, 500, 3_000, 3_500].map((atMs) => ({ atMs, text: 7, promptTokens: 160 }));
  const cached = (events: readonly object[]) =>
    rowsOf(runPlain({ events: events as never }, session)).map(({ cachedTokens }) => cachedTokens);
  expect(cached([])).toEqual([0, 144, 144, 144]);
  expect(cached([{ ...crash, warmUp: '0s', down: '1s' }])).toEqual([0, 144, 0, 144]);
});
