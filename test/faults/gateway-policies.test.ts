import { describe, expect, test } from 'vitest';
import { type SimulatedRun, simulate } from '../../sim/simulate.ts';
import { smallScenario } from '../support/scenarios.ts';
import { strategyNamed } from '../support/strategies.ts';

// What a policy is for: the same fleet, traffic and fault with it and without it.

interface Question {
  readonly gateway?: Readonly<Record<string, unknown>>;
  readonly event?: Readonly<Record<string, unknown>>;
  readonly strategy?: string;
  readonly replicas?: number;
}

function run({ event, gateway = {}, replicas = 4, strategy = 'least-requests' }: Question) {
  const scenario = smallScenario({
    replicas,
    gateway,
    traffic: [{ arrivals: { kind: 'poisson', rate: 40 }, population: { tenants: 20 } }],
    events: event === undefined ? [] : [{ at: '5s', replicas: ['r-1'], ...event }],
    warmup: '0s',
    duration: '30s',
  });
  return simulate({
    scenario,
    strategy: strategyNamed(strategy),
    strategyOptions: {},
    seed: 1,
    checkInvariants: true,
  });
}

function failed({ log }: SimulatedRun): number {
  return [...log.rows()].filter(({ outcome }) => outcome === 'failed').length;
}

const failFast = { kind: 'crash', mode: 'fail-fast', down: '15s' };
const ejection = { passive: { kind: 'ejection', failures: 5, time: '30s' } };

describe('a replica that fails at once and so looks idle', () => {
  test('swallows the traffic of who counts requests', () => {
    expect(failed(run({ event: failFast }))).toBeGreaterThan(100);
  });

  test.each([
    ['ejection', { health: ejection }, 20],
    ["nginx's max_fails", { health: { passive: { kind: 'max-fails' }, panicBelow: 0 } }, 12],
    ['health checks', { health: { active: { every: '200ms', timeout: '100ms' } } }, 40],
    ['retries and ejection', { health: ejection, retries: { atLeast: 20 } }, 0],
  ])('is left alone with %s', (_what, gateway, most) => {
    const run2 = run({ event: failFast, gateway });
    // Those that it was serving when it crashed have begun, and nothing can help them.
    const begun = [...run2.log.rows()].filter(
      ({ firstTokenUs, outcome }) => outcome === 'failed' && !Number.isNaN(firstTokenUs),
    ).length;
    expect(failed(run2) - begun).toBeLessThanOrEqual(most);
  });
});

test('a replica that hangs holds no request for longer than the time-out', () => {
  const event = { kind: 'crash', mode: 'hang', down: '15s' };
  const longest = (question: Question) =>
    Math.max(...[...run(question).log.rows()].map(({ endUs, intendedUs }) => endUs - intendedUs));
  const timeouts = { connect: '100ms', firstByte: '500ms', idle: '500ms', total: '10s' };
  expect(longest({ event })).toBeGreaterThan(10e6);
  const gateway = { timeouts, retries: { most: 2, budget: 1 }, health: ejection };
  expect(longest({ event, gateway })).toBeLessThan(4e6);
});

test('a replica that is cut off is found by its connections and by its streams', () => {
  const event = { kind: 'network', loss: 1, for: '15s' };
  const timeouts = { connect: '100ms', firstByte: '20s', idle: '500ms', total: '25s' };
  const gateway = { timeouts, retries: {}, health: ejection };
  const { log } = run({ event, gateway });
  const slow = [...log.rows()].filter(({ endUs, intendedUs }) => endUs - intendedUs > 3e6);
  // Only what was on its way there, without a first token, when the way was cut.
  expect(slow.length).toBeLessThan(5);
  const plain = [...run({ event }).log.rows()];
  expect(plain.filter(({ endUs, intendedUs }) => endUs - intendedUs > 3e6).length).toBeGreaterThan(
    5,
  );
});

describe('gateways beside each other', () => {
  test('spread by round robin get the same each, and each goes round on its own', () => {
    const alone = [...run({ strategy: 'round-robin' }).log.rows()];
    const three = [...run({ strategy: 'round-robin', gateway: { routers: 3 } }).log.rows()];
    expect(three.map(({ id }) => id).sort((a, b) => a - b)).toEqual(
      alone.map(({ id }) => id).sort((a, b) => a - b),
    );
    const targets = three.sort((a, b) => a.id - b.id).map(({ replica }) => replica);
    for (const router of [0, 1, 2]) {
      const own = targets.filter((_, id) => id % 3 === router).slice(0, 8);
      expect(own.slice(4)).toEqual(own.slice(0, 4));
      expect(new Set(own).size).toBe(4);
    }
  });

  test('know less than one: the more there are, the longer requests wait', () => {
    const wait = (routers: number) => {
      const gateway = { routers, maxInFlight: 256 };
      const rows = [...run({ gateway, strategy: 'least-requests' }).log.rows()];
      const sum = rows.reduce((total, { endUs, intendedUs }) => total + endUs - intendedUs, 0);
      return sum / rows.length;
    };
    expect(wait(16)).toBeGreaterThanOrEqual(wait(1));
  });
});

test('a monitor tells of the replica that takes all', () => {
  const first = {
    ...strategyNamed('random'),
    create: () => ({ pick: (_request: unknown, [one]: readonly unknown[]) => one as never }),
  };
  const scenario = smallScenario({ replicas: 2, gateway: { monitor: {} } });
  const options = { scenario, strategyOptions: {}, seed: 1 };
  expect(simulate({ ...options, strategy: first }).alerts).toMatchObject([
    { replica: 'r-1', share: 1 },
  ]);
  expect(simulate({ ...options, strategy: strategyNamed('random') }).alerts).toEqual([]);
});

test('what is switched on and has nothing to do changes no record', () => {
  const idle = {
    ...{ queue: {}, retries: {}, timeouts: {}, monitor: {}, maxInFlight: 100_000 },
    hedging: { after: '1h' },
    health: { active: {}, passive: { kind: 'ejection' }, slowStart: {} },
    admission: { tiers: { default: { concurrent: 100_000 } } },
  };
  const plain = run({});
  const watched = run({ gateway: idle });
  expect([...watched.log.rows()]).toEqual([...plain.log.rows()]);
});
