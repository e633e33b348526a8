import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseDurationUs } from '../../core/time.ts';
import { RequestStream } from '../../scenarios/request-stream.ts';
import type { Scenario } from '../../scenarios/scenario.ts';
import { type SimulateOptions, simulate } from '../../sim/simulate.ts';
import { strategies } from '../../strategies/registry.ts';
import { drawnEvents, eventsOf } from '../support/drawn-events.ts';
import { smallScenario } from '../support/scenarios.ts';

const clients = fc.constantFrom(
  undefined,
  { timeout: '700ms', retries: 2, backoff: '50ms' },
  { firstTokenTimeout: '90ms', retries: 1, backoff: '1ms', abortShare: 0.2, abortAfter: '100ms' },
);

const questions = fc.record({
  seed: fc.nat(1_000_000),
  replicas: fc.integer({ min: 1, max: 4 }),
  rate: fc.constantFrom(5, 20, 60),
  maxNumSeqs: fc.integer({ min: 1, max: 12 }),
  dataParallelSize: fc.constantFrom(1, 1, 2),
  requestMs: fc.constantFrom(0, 2),
  client: clients,
  users: fc.option(fc.integer({ min: 1, max: 6 }), { nil: 0 }),
  events: drawnEvents(8),
  strategy: fc.constantFrom(...strategies),
});
type Question = typeof questions extends fc.Arbitrary<infer T> ? T : never;

function scenarioOf(question: Question, withEvents = true): Scenario {
  const { client, dataParallelSize, events, maxNumSeqs, rate, replicas, requestMs } = question;
  const { users } = question;
  const shared = client === undefined ? {} : { client };
  const fleet = [{ name: 'r', replicas }];
  return smallScenario({
    replicas,
    engine: {
      maxNumSeqs,
      dataParallelSize,
      apiServer: { requestMs },
      numGpuBlocksOverride: 300,
    },
    traffic: [
      { tenant: 'open', arrivals: { kind: 'poisson', rate }, ...shared },
      ...(users > 0 ? [{ tenant: 'closed', users: { users }, ...shared }] : []),
    ],
    events: withEvents ? eventsOf(events, { fleet, lengthMs: 4_000 }) : [],
    warmup: '0s',
    duration: '4s',
  });
}

function run(
  { seed, strategy }: Question,
  scenario: Scenario,
  rest: Partial<SimulateOptions> = {},
) {
  const options = { scenario, strategy, strategyOptions: {}, seed, ...rest };
  return simulate({ ...options, checkInvariants: true });
}

const settings = { seed: 4, numRuns: 400 };

test('whatever happens to a fleet, every request has one outcome and the fleet ends empty', () => {
  const outcomes = new Map<string, number>();
  const property = fc.property(questions, (question) => {
    const scenario = scenarioOf(question);
    const { log, refused } = run(question, scenario);
    const ids = log.numbers('id');
    expect(new Set(ids).size).toBe(ids.length);
    for (const { outcome } of log.rows()) outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
    // Those who died with a replica were not too long for it.
    expect(refused.requests).toBe(0);
    if (question.users > 0) return;
    const stream = new RequestStream(scenario, question.seed);
    const rows = [...log.rows()].sort((a, b) => a.id - b.id);
    for (const row of rows) {
      const { arrivalUs, id, promptTokens } = stream.next();
      expect(row).toMatchObject({ id, intendedUs: arrivalUs, inputTokens: promptTokens });
    }
    expect(stream.nextArrivalUs).toBeGreaterThanOrEqual(4_000_000);
  });
  fc.assert(property, settings);
  // The timelines are bad enough to be worth asking.
  for (const outcome of ['ok', 'failed', 'timeout', 'cancelled']) {
    expect(outcomes.get(outcome), outcome).toBeGreaterThan(100);
  }
});

test('the same timeline comes out the same again', () => {
  const property = fc.property(questions, (question) => {
    const [first, second] = [1, 2].map(() => run(question, scenarioOf(question)));
    expect([...second!.log.rows()]).toEqual([...first!.log.rows()]);
    expect(second!.replicas).toEqual(first!.replicas);
  });
  fc.assert(property, { ...settings, numRuns: 40 });
});

test('until the first event nothing is other than without events', () => {
  let compared = 0;
  const property = fc.property(questions, (question) => {
    const scenario = scenarioOf(question);
    const firstUs = Math.min(...scenario.events.map(({ at }) => parseDurationUs(at)!));
    const [disturbed, quiet] = [scenario, scenarioOf(question, false)].map((one) =>
      [...run(question, one).log.rows()].filter(({ endUs }) => endUs < firstUs),
    );
    expect(disturbed).toEqual(quiet);
    compared += disturbed!.length;
  });
  fc.assert(property, settings);
  expect(compared).toBeGreaterThan(1_000);
});
