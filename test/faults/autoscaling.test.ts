import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { ScalingEvent } from '../../sim/autoscale/fleet-scaler.ts';
import { type SimulatedRun, simulate } from '../../sim/simulate.ts';
import leastRequests from '../../strategies/least-requests.ts';
import { strategies } from '../../strategies/registry.ts';
import { drawnEvents, eventsOf } from '../support/drawn-events.ts';
import { runPlain } from '../support/plain-fleet.ts';
import { type SmallScenario, smallScenario } from '../support/scenarios.ts';

const queueDepth = { kind: 'queue-depth', above: 5, aboveFor: '10s', idleFor: '60s' };
const quick = { every: '1s', boot: '5s', coolDownUp: '0s', coolDownDown: '0s', drain: '60s' };

/** How many replicas were serving after each event, from so many at first. */
function sizes(events: readonly ScalingEvent[], first: number): number[] {
  let serving = first;
  return events.flatMap(({ kind }) => {
    if (kind === 'join') serving += 1;
    if (kind === 'drain') serving -= 1;
    return kind === 'join' || kind === 'drain' ? [serving] : [];
  });
}

function story({ scaling }: SimulatedRun): string[] {
  return scaling.map(({ atUs, kind, replica }) => `${atUs / 1e6} ${kind} ${replica}`);
}

describe('a burst', () => {
  // Forty at once, 4 s each, at an engine that runs two of them at a time.
  const burst = Array.from({ length: 40 }, () => ({ atMs: 2_500, outputTokens: 400 }));
  const engine = { maxNumSeqs: 2 };
  const after = [{ atMs: 150_000, outputTokens: 2 }];

  test('brings a replica when it has lasted, and idleness takes it away', () => {
    const autoscale = { r: { min: 1, max: 2, rule: queueDepth, ...quick } };
    const run = runPlain(
      { replicas: 1, engine, gateway: { autoscale }, duration: '200s' },
      [...burst, ...after],
      leastRequests,
    );
    expect([...run.log.rows()].every(({ outcome }) => outcome === 'ok')).toBe(true);
    // Seen at 3 s, ten seconds later it is too long. All forty were sent to r-1 by then.
    const told = story(run);
    expect(told.slice(0, 2)).toEqual(['13 boot r-2', '18 join r-2']);
    const [drain, off, ...rest] = told.slice(2);
    expect(rest).toEqual([]);
    const lastWaitS = Number(drain!.split(' ')[0]) - 60;
    expect(drain).toMatch(/ drain r-2$/);
    // Twenty pairs; the last one leaves the queue when nineteen have taken 4 s each.
    expect(lastWaitS).toBeGreaterThan(76);
    expect(lastWaitS).toBeLessThanOrEqual(81);
    expect(off).toMatch(/ off r-2$/);
  });

  test('that waits at the gateway is shared with who comes', () => {
    const autoscale = { r: { min: 1, max: 3, rule: queueDepth, ...quick } };
    const gateway = { autoscale, maxInFlight: 'maxNumSeqs' };
    const run = runPlain({ replicas: 1, engine, gateway, duration: '200s' }, burst, leastRequests);
    expect(story(run).slice(0, 4)).toEqual([
      '13 boot r-2',
      '18 join r-2',
      '23 boot r-3',
      '28 join r-3',
    ]);
    const names = new Set([...run.log.rows()].map(({ replica }) => replica));
    expect([...names].sort()).toEqual(['r-1', 'r-2', 'r-3']);
  });
});

test('who is drained finishes what it has, unless that takes too long', () => {
  const long = { atMs: 100, outputTokens: 2_000 };
  const outcomesWith = (drain: string) => {
    const rule = { kind: 'queue-depth', aboveFor: '600s', idleFor: '5s' };
    const autoscale = { r: { min: 1, max: 2, rule, ...quick, drain } };
    const run = runPlain({ replicas: 2, gateway: { autoscale }, duration: '60s' }, [
      long,
      { ...long, atMs: 101 },
      { atMs: 9_000 },
      { atMs: 9_500 },
    ]);
    const lost = [...run.log.rows()].filter(({ outcome }) => outcome === 'failed');
    const later = [...run.log.rows()].filter(({ intendedUs }) => intendedUs > 5e6);
    expect(later.map(({ replica }) => replica)).toEqual(['r-1', 'r-1']);
    return { told: story(run), lost: lost.map(({ endUs, replica }) => [replica, endUs]) };
  };
  expect(outcomesWith('60s')).toEqual({ told: ['6 drain r-2', '21 off r-2'], lost: [] });
  const cut = { told: ['6 drain r-2', '10 off r-2'], lost: [['r-2', 10e6]] };
  expect(outcomesWith('4s')).toEqual(cut);
});

test('what befalls a machine that is off, or was, does nothing to the one that is on', () => {
  const rule = { kind: 'queue-depth', aboveFor: '2s', idleFor: '5s' };
  const autoscale = { r: { max: 2, rule, ...quick, coolDownDown: '1h' } };
  const burst = Array.from({ length: 12 }, () => ({ atMs: 8_000, outputTokens: 300 }));
  const later = Array.from({ length: 40 }, (_, i) => ({
    atMs: 15_500 + i * 250,
    outputTokens: 60,
  }));
  const outcomes = (at: string) => {
    // Down for ten seconds, and loading for ten more: by then the machine is another one.
    const events = [{ kind: 'crash', at, replicas: ['r-2'], down: '10s', warmUp: '10s' }];
    const given = { replicas: 2, engine: { maxNumSeqs: 2 }, gateway: { autoscale }, events };
    const run = runPlain({ ...given, duration: '60s' }, [...burst, ...later], leastRequests);
    expect(story(run)).toEqual(['6 drain r-2', '6 off r-2', '11 boot r-2', '16 join r-2']);
    const there = [...run.log.rows()].filter(({ replica }) => replica === 'r-2');
    expect(there.length).toBeGreaterThan(10);
    return new Set(there.map(({ outcome }) => outcome));
  };
  for (const at of ['2s', '5s', '9s', '15s']) expect(outcomes(at)).toEqual(new Set(['ok']));
  expect(outcomes('17s')).toContain('failed');
});

test('a machine is paid for from its boot to its end, and only within the window', () => {
  const requests = Array.from({ length: 12 }, () => ({ atMs: 500, outputTokens: 300 }));
  const rule = { kind: 'queue-depth', above: 5, aboveFor: '2s', idleFor: '20s' };
  const autoscale = { r: { min: 1, max: 4, rule, ...quick } };
  const overrides = { replicas: 1, engine: { maxNumSeqs: 1 }, gateway: { autoscale } };
  const run = runPlain({ ...overrides, warmup: '5s', duration: '100s' }, requests, leastRequests);
  const onS = new Map<string, number>();
  const since = new Map<string, number>([['r-1', 0]]);
  const count = (name: string, untilUs: number) => {
    const us = Math.min(untilUs, 105e6) - Math.max(since.get(name)!, 5e6);
    onS.set(name, (onS.get(name) ?? 0) + Math.max(0, us) / 1e6);
    since.delete(name);
  };
  for (const { atUs, kind, replica } of run.scaling) {
    if (kind === 'boot') since.set(replica, atUs);
    if (kind === 'off') count(replica, atUs);
  }
  for (const name of [...since.keys()]) count(name, Number.POSITIVE_INFINITY);
  expect(run.replicas.map(({ onUs }) => onUs / 1e6)).toEqual(
    run.replicas.map(({ name }) => onS.get(name) ?? 0),
  );
  expect(onS.size).toBeGreaterThan(2);
  expect(run.replicas[0]!.onUs).toBe(100e6);
});

test('planned machines are paid for while they boot and until they are gone', () => {
  const events = [
    { kind: 'add', at: '3s', group: 'r', count: 1, boot: '2s' },
    { kind: 'remove', at: '6s', replicas: ['r-1'], drain: '1s' },
  ];
  const { replicas, scaling } = runPlain({ replicas: 2, events, warmup: '1s', duration: '9s' }, [
    { atMs: 1 },
  ]);
  expect(replicas.map(({ onUs }) => onUs / 1e6)).toEqual([6, 9, 7]);
  expect(scaling).toEqual([]);
});

/** Twenty a second, before replicas of which each can serve eight. */
function steady(rule: Readonly<Record<string, unknown>>): SmallScenario {
  return {
    replicas: 2,
    engine: { maxNumSeqs: 40, apiServer: { requestMs: 0 }, numGpuBlocksOverride: 1_000 },
    traffic: [
      { arrivals: { kind: 'poisson', rate: 20 }, output: { kind: 'constant', tokens: 500 } },
    ],
    gateway: { autoscale: { r: { max: 8, rule } } },
    warmup: '0s',
    duration: '1800s',
  };
}

const rules = [
  { kind: 'queue-depth' },
  { kind: 'kv-target', target: 0.6 },
  { kind: 'ttft-target', target: '200ms' },
  { kind: 'rate-trend', replicaRps: 8 },
];

test.each(rules.map((rule) => [rule.kind, rule] as const))(
  'does not flap at a constant load, by %s',
  (_kind, rule) => {
    const scenario = smallScenario(steady(rule));
    const run = simulate({ scenario, strategy: leastRequests, strategyOptions: {}, seed: 1 });
    const turns = run.scaling.flatMap(({ kind }) =>
      kind === 'boot' || kind === 'drain' ? [kind] : [],
    );
    const reversals = turns.filter((kind, i) => i > 0 && kind !== turns[i - 1]).length;
    const serving = JSON.stringify(sizes(run.scaling, 2));
    expect(turns[0], serving).toBe('boot');
    expect(reversals, serving).toBeLessThanOrEqual(2);
  },
);

const scaled = fc.record({
  seed: fc.nat(1_000_000),
  routers: fc.constantFrom(undefined, 2),
  rate: fc.constantFrom(10, 40, 80),
  replicas: fc.integer({ min: 1, max: 3 }),
  spare: fc.nat(3),
  rule: fc.constantFrom(
    { kind: 'queue-depth', above: 1, aboveFor: '0s', idleFor: '1s' },
    { kind: 'kv-target', target: 0.1, stableFor: '1s' },
    { kind: 'ttft-target', target: '50ms', stableFor: '1s' },
    { kind: 'rate-trend', replicaRps: 12, window: '2s', stableFor: '1s' },
  ),
  boot: fc.constantFrom('0s', '700ms'),
  drain: fc.constantFrom('0s', '300ms', '10s'),
  coolDownUp: fc.constantFrom('0s', '2s'),
  coolDownDown: fc.constantFrom('0s', '1500ms'),
  retries: fc.constantFrom(undefined, { most: 2 }),
  maxInFlight: fc.constantFrom(undefined, 'maxNumSeqs'),
  events: drawnEvents(4),
  strategy: fc.constantFrom(...strategies),
});
type Scaled = typeof scaled extends fc.Arbitrary<infer T> ? T : never;

/** Two waves of traffic before a fleet that something happens to as well. */
function runScaled(given: Scaled): { run: SimulatedRun; first: number; most: number } {
  const { boot, coolDownDown, coolDownUp, drain, events, rate, replicas, rule, spare } = given;
  const most = replicas + spare;
  const own = { rule, boot, drain, coolDownUp, coolDownDown, every: '1s', max: most };
  const { maxInFlight, retries, routers } = given;
  const comes = ['add', 'remove', 'reclaim'];
  const scenario = smallScenario({
    replicas,
    engine: { maxNumSeqs: 4, apiServer: { requestMs: 0 }, numGpuBlocksOverride: 300 },
    gateway: { autoscale: { r: own }, routers, retries, maxInFlight },
    traffic: [
      {
        arrivals: {
          kind: 'poisson',
          rate: {
            kind: 'steps',
            points: waves.map(([at, factor]) => ({ at, rate: rate * factor })),
          },
        },
      },
    ],
    events: eventsOf(
      events.filter(({ kind }) => !comes.includes(kind)),
      { fleet: [{ name: 'r', replicas }], lengthMs: 12_000 },
    ),
    warmup: '0s',
    duration: '12s',
  });
  const { seed, strategy } = given;
  const run = simulate({ scenario, strategy, strategyOptions: {}, seed, checkInvariants: true });
  return { run, first: replicas, most };
}

const waves = [
  ['0s', 1],
  ['3s', 0.05],
  ['7s', 1],
  ['9s', 0.05],
] as const;

test('fleets that grow and shrink keep every invariant, their limits and their cool-downs', () => {
  const seen = { join: 0, drain: 0, off: 0, boot: 0, again: 0 };
  const property = fc.property(scaled, (given) => {
    const { first, most, run } = runScaled(given);
    let on = first;
    const boots = new Map<string, number>();
    for (const { kind, replica } of run.scaling) {
      seen[kind] += 1;
      if (kind === 'boot') on += 1;
      if (kind === 'off') on -= 1;
      if (kind === 'boot') boots.set(replica, (boots.get(replica) ?? 0) + 1);
      expect(on).toBeLessThanOrEqual(most);
    }
    if (Math.max(0, ...boots.values()) > 1) seen.again += 1;
    expect(Math.min(first, ...sizes(run.scaling, first))).toBeGreaterThanOrEqual(1);
    keepsCoolDowns(given, run.scaling);
    for (const { busyUs, name, onUs } of run.replicas) {
      if (onUs === 0 && busyUs > 0)
        expect(run.scaling.some((it) => it.replica === name)).toBe(true);
      expect(onUs).toBeLessThanOrEqual(12e6);
    }
  });
  fc.assert(property, { seed: 1, numRuns: 150 });
  for (const [what, count] of Object.entries(seen)) expect(count, what).toBeGreaterThan(20);
});

function keepsCoolDowns(given: Scaled, scaling: readonly ScalingEvent[]): void {
  const us = (text: string) => (text.endsWith('ms') ? 1e3 : 1e6) * Number.parseInt(text, 10);
  let [booted, changed] = [-1e12, -1e12];
  for (const { atUs, kind } of scaling) {
    if (kind === 'boot' && atUs !== booted) {
      expect(atUs - booted).toBeGreaterThanOrEqual(us(given.coolDownUp));
      booted = atUs;
    }
    if (kind === 'drain' && atUs !== changed) {
      expect(atUs - changed).toBeGreaterThanOrEqual(us(given.coolDownDown));
    }
    if (kind === 'boot' || kind === 'drain') changed = atUs;
  }
}
