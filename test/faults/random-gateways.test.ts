import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Scenario } from '../../scenarios/scenario.ts';
import { type SimulatedRun, simulate } from '../../sim/simulate.ts';
import { strategies } from '../../strategies/registry.ts';
import { drawnEvents, eventsOf } from '../support/drawn-events.ts';
import { smallScenario } from '../support/scenarios.ts';

// Fleets to which anything happens, behind gateways that do anything about it, each checked by the
// numbered invariants at every event and drained at the end.

function sometimes<T>(part: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> {
  return fc.option(part, { nil: undefined });
}

const gateways = fc.record({
  routers: fc.constantFrom(undefined, 2, 3),
  spread: fc.constantFrom(undefined, 'session' as const),
  queue: fc.constantFrom(
    undefined,
    { maxLength: 5, maxWait: '400ms', fairness: 'vtc', ordering: 'priority' },
    { maxWait: '1s', fairness: 'round-robin', shedLate: true, whenNoReplica: 'reject' },
  ),
  maxInFlight: fc.constantFrom(undefined, 3, 'maxNumSeqs'),
  timeouts: sometimes(
    fc.constant({ connect: '20ms', firstByte: '300ms', idle: '200ms', total: '2s' }),
  ),
  retries: sometimes(fc.constant({ most: 2 })),
  hedging: fc.constantFrom(undefined, { after: '100ms', budget: 0.3 }),
  health: fc.constantFrom(
    undefined,
    {
      active: { every: '100ms', timeout: '40ms', fall: 2 },
      passive: { kind: 'ejection', failures: 2, time: '300ms', maxTime: '2s', forgive: '1s' },
      slowStart: { window: '500ms' },
    },
    { passive: { kind: 'max-fails', failTimeout: '1s' }, panicBelow: 0 },
    { passive: { kind: 'ejection', failures: 1, time: '100ms' }, slowStart: { by: 'weight' } },
  ),
  monitor: fc.constantFrom(undefined, { window: '1s', leastRequests: 5 }),
  admission: fc.constantFrom(undefined, { tiers: { default: { concurrent: 6 } } }),
});

const questions = fc.record({
  seed: fc.nat(1_000_000),
  replicas: fc.integer({ min: 1, max: 4 }),
  rate: fc.constantFrom(10, 40),
  gateway: gateways,
  client: fc.constantFrom(undefined, { timeout: '700ms', retries: 2, backoff: '50ms' }),
  events: drawnEvents(6),
  strategy: fc.constantFrom(...strategies),
});
type Question = typeof questions extends fc.Arbitrary<infer T> ? T : never;

function scenarioOf({ client, events, gateway, rate, replicas }: Question): Scenario {
  const shared = client === undefined ? {} : { client };
  return smallScenario({
    replicas,
    gateway,
    engine: { maxNumSeqs: 4, apiServer: { requestMs: 0 }, numGpuBlocksOverride: 300 },
    traffic: [
      { tenant: 'open', arrivals: { kind: 'poisson', rate }, slo: ['ttft.p99 < 500ms'], ...shared },
      { tenant: 'closed', users: { users: 2 }, ...shared },
    ],
    events: eventsOf(events, { fleet: [{ name: 'r', replicas }], lengthMs: 3_000 }),
    warmup: '0s',
    duration: '3s',
  });
}

function run(question: Question): SimulatedRun {
  const { seed, strategy } = question;
  const scenario = scenarioOf(question);
  return simulate({ scenario, strategy, strategyOptions: {}, seed, checkInvariants: true });
}

test('whatever a fleet does, any gateways keep every invariant', () => {
  const seen = new Map<string, number>();
  const property = fc.property(questions, (question) => {
    const { log } = run(question);
    const ids = log.numbers('id');
    expect(new Set(ids).size).toBe(ids.length);
    for (const { attempts, outcome } of log.rows()) {
      const what = attempts > 1 ? `${outcome} after more than one attempt` : outcome;
      seen.set(what, (seen.get(what) ?? 0) + 1);
      expect(attempts).toBeLessThanOrEqual(4);
      if (outcome === 'rejected') expect(attempts).toBe(0);
    }
  });
  fc.assert(property, { seed: 3, numRuns: 300 });
  for (const what of [
    ...['ok', 'failed', 'timeout', 'rejected'],
    ...['ok after more than one attempt', 'failed after more than one attempt'],
  ]) {
    expect(seen.get(what), what).toBeGreaterThan(10);
  }
});

test('the same gateways come out the same again', () => {
  const property = fc.property(questions, (question) => {
    const [first, second] = [run(question), run(question)];
    expect([...second.log.rows()]).toEqual([...first.log.rows()]);
    expect(second.alerts).toEqual(first.alerts);
  });
  fc.assert(property, { seed: 4, numRuns: 40 });
});
