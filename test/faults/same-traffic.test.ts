import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  type RequestSource,
  type RequestSpec,
  RequestStream,
} from '../../scenarios/request-stream.ts';
import type { Scenario } from '../../scenarios/scenario.ts';
import { simulate } from '../../sim/simulate.ts';
import { strategies } from '../../strategies/registry.ts';
import { drawnEvents, eventsOf } from '../support/drawn-events.ts';
import { type SmallTenant, smallScenario } from '../support/scenarios.ts';

// What the world asks for must not depend on who serves it, or strategies could not be compared
// request by request.

/** Traffic that remembers what it sent. */
class Recorder implements RequestSource {
  readonly sent: RequestSpec[] = [];
  readonly #stream: RequestStream;

  constructor(scenario: Scenario, seed: number) {
    this.#stream = new RequestStream(scenario, seed);
  }

  get nextArrivalUs(): number {
    return this.#stream.nextArrivalUs;
  }

  next(): RequestSpec {
    const request = this.#stream.next();
    this.sent.push(request);
    return request;
  }

  ended(id: number, nowUs: number): void {
    this.#stream.ended?.(id, nowUs);
  }
}

const client = { timeout: '800ms', retries: 1, backoff: '10ms', abortShare: 0.1 };
const lengths = {
  input: { kind: 'exponential', mean: 60 },
  output: { kind: 'exponential', mean: 15 },
};
const open = [
  {
    tenant: 'open',
    arrivals: { kind: 'gamma', cv: 2, rate: 15 },
    prefix: [{ tokens: 32, choices: 3 }],
    ...lengths,
    client,
  },
  { tenant: 'other', arrivals: { kind: 'poisson', rate: 5 }, ...lengths },
];
const conversation = {
  kind: 'conversation',
  turns: { kind: 'uniform', min: 1, max: 4 },
  question: { kind: 'exponential', mean: 30 },
  answer: { kind: 'exponential', mean: 10 },
  think: '100ms',
};
const jobs = [
  { tenant: 'chat', arrivals: { kind: 'poisson', rate: 3 }, job: conversation, client },
  { tenant: 'loop', users: { users: 4, pause: '50ms' }, job: conversation },
];

const circumstances = fc.record({
  replicas: fc.integer({ min: 1, max: 4 }),
  events: drawnEvents(6),
  strategy: fc.constantFrom(...strategies),
});
type Circumstances = typeof circumstances extends fc.Arbitrary<infer T> ? T : never;

function sentIn(traffic: readonly SmallTenant[], { events, replicas, strategy }: Circumstances) {
  const fleet = [{ name: 'r', replicas }];
  const scenario = smallScenario({
    replicas,
    engine: { maxNumSeqs: 4, numGpuBlocksOverride: 300 },
    traffic,
    events: eventsOf(events, { fleet, lengthMs: 4_000 }),
    warmup: '0s',
    duration: '4s',
  });
  const recorder = new Recorder(scenario, 5);
  const options = { scenario, strategy, strategyOptions: {}, seed: 5 };
  simulate({ ...options, traffic: recorder });
  return recorder.sent;
}

/** Without what a client does, which is a function. */
function attributesOf({ client: _client, ...attributes }: RequestSpec) {
  return attributes;
}

test('requests of open arrivals are the same in every attribute, whoever serves them', () => {
  const property = fc.property(circumstances, circumstances, (ours, theirs) => {
    const [a, b] = [sentIn(open, ours), sentIn(open, theirs)];
    const both = Math.min(a.length, b.length);
    expect(both).toBeGreaterThan(30);
    expect(a.slice(0, both).map(attributesOf)).toEqual(b.slice(0, both).map(attributesOf));
  });
  fc.assert(property, { seed: 1, numRuns: 60 });
});

test('requests of jobs are the same in all but when they come and in which order', () => {
  let compared = 0;
  const property = fc.property(circumstances, circumstances, (ours, theirs) => {
    const [a, b] = [ours, theirs].map((one) => bySession(sentIn(jobs, one)));
    for (const [session, requests] of a!) {
      const others = b!.get(session) ?? [];
      const both = Math.min(requests.length, others.length);
      expect(requests.slice(0, both)).toEqual(others.slice(0, both));
      compared += both;
    }
  });
  fc.assert(property, { seed: 1, numRuns: 60 });
  expect(compared).toBeGreaterThan(1_000);
});

function bySession(requests: readonly RequestSpec[]): Map<string, object[]> {
  const sessions = new Map<string, object[]>();
  for (const request of requests) {
    const { arrivalUs: _arrivalUs, id: _id, ...rest } = attributesOf(request);
    const key = `${rest.tenant}/${rest.session}`;
    const before = sessions.get(key);
    if (before === undefined) sessions.set(key, [rest]);
    else before.push(rest);
  }
  return sessions;
}
