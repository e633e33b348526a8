import fc from 'fast-check';
import { expect, test } from 'vitest';
import { usOf } from '../../core/time.ts';
import type { Scenario } from '../../scenarios/scenario.ts';
import { simulate } from '../../sim/simulate.ts';
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

function run({ seed, strategy }: Question, scenario: Scenario) {
  return simulate({ scenario, strategy, strategyOptions: {}, seed, checkInvariants: true });
}

test('until the first event nothing is other than without events', () => {
  let compared = 0;
  const property = fc.property(questions, (question) => {
    const scenario = scenarioOf(question);
    const firstUs = Math.min(...scenario.events.map(({ at }) => usOf(at)));
    const [disturbed, quiet] = [scenario, scenarioOf(question, false)].map((one) => {
      const { log, refused } = run(question, one);
      // Those who died with a replica were not too long for it.
      expect(refused.requests).toBe(0);
      return [...log.rows()].filter(({ endUs }) => endUs < firstUs);
    });
    expect(disturbed).toEqual(quiet);
    compared += disturbed!.length;
  });
  fc.assert(property, { seed: 4, numRuns: 400 });
  expect(compared).toBeGreaterThan(1_000);
});
