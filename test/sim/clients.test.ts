import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { RequestRecord } from '../../core/request-record.ts';
import { simulate } from '../../sim/simulate.ts';
import { strategies } from '../../strategies/registry.ts';
import { defineStrategy } from '../../strategies/strategy.ts';
import { mixedTraffic } from '../support/mixed-traffic.ts';
import { type SmallScenario, type SmallTenant, smallScenario } from '../support/scenarios.ts';
import { strategyNamed } from '../support/strategies.ts';

const roundRobin = strategyNamed('round-robin');

function run(scenario: SmallScenario, { seed = 1, strategy = roundRobin } = {}): RequestRecord[] {
  const options = { scenario: smallScenario(scenario), strategy, strategyOptions: {}, seed };
  const { log } = simulate({ ...options, checkInvariants: true });
  return [...log.rows()].sort((a, b) => a.id - b.id);
}

/** Answers of 100 tokens, 10 ms each: 1 s, and the first token after 10 ms. */
const tenant: SmallTenant = {
  arrivals: { kind: 'constant', rate: 1 },
  input: { kind: 'constant', tokens: 10 },
  output: { kind: 'constant', tokens: 100 },
};
const idle: SmallScenario = { replicas: 1, warmup: '0s', duration: '20s' };
const engine = { apiServer: { requestMs: 0, promptUsPer1000Tokens: 0 } };

function runWith(client: Readonly<Record<string, unknown>>, more: SmallScenario = {}) {
  return run({ ...idle, engine, traffic: [{ ...tenant, client }], ...more });
}

const refuseAll = defineStrategy({
  name: 'refuse-all',
  summary: 'Rejects every request.',
  options: {},
  create: () => ({ pick: () => 'reject' }),
});

const holdSecond = defineStrategy({
  name: 'hold-second',
  summary: 'Sends one request at a time.',
  options: {},
  create: () => ({
    pick: (_request, [first]) => (first!.inFlight === 0 ? first! : 'hold'),
  }),
});

describe('a client', () => {
  test('waits for an answer, unless it has a timeout shorter than that', () => {
    for (const record of runWith({ timeout: '10s' })) {
      expect(record).toMatchObject({ outcome: 'ok', tries: 1, outputTokens: 100 });
    }
    for (const record of runWith({ timeout: '500ms' })) {
      const { endUs, intendedUs, outcome, outputTokens } = record;
      expect(outcome).toBe('timeout');
      expect(endUs - intendedUs).toBe(500_000);
      expect(outputTokens).toBeGreaterThan(40);
      expect(outputTokens).toBeLessThan(51);
    }
  });

  test('with a timeout for the first token waits for the rest as long as it takes', () => {
    for (const record of runWith({ firstTokenTimeout: '50ms' })) {
      expect(record.outcome).toBe('ok');
    }
    for (const record of runWith({ firstTokenTimeout: '5ms' })) {
      expect(record).toMatchObject({ outcome: 'timeout', firstTokenUs: Number.NaN });
      expect(record.endUs - record.intendedUs).toBe(5_000);
    }
  });

  test('sends again after a wait that doubles, half of it chance, and is one record', () => {
    const client = { timeout: '100ms', retries: 3, backoff: '1s' };
    const records = runWith(client, { duration: '60s' });
    expect(new Set(records.map(({ id }) => id)).size).toBe(records.length);
    const complete = records.slice(0, 40);
    for (const { endUs, intendedUs, outcome, sentUs, tries } of complete) {
      expect({ outcome, tries }).toEqual({ outcome: 'timeout', tries: 4 });
      expect(endUs - sentUs).toBe(100_000);
      const waitedUs = sentUs - intendedUs - 3 * 100_000;
      expect(waitedUs).toBeGreaterThanOrEqual(0.5 * 7e6);
      expect(waitedUs).toBeLessThan(7e6);
    }
    const waits = complete.map(({ intendedUs, sentUs }) => sentUs - intendedUs);
    expect(new Set(waits).size).toBe(waits.length);
    // The same chance at the next run, and another with another seed.
    expect(runWith(client, { duration: '60s' })).toEqual(records);
  });

  test('counts latency from the first time it sent, and the first token of the last', () => {
    const client = { firstTokenTimeout: '15ms', retries: 5, backoff: '20ms' };
    const output = { kind: 'constant', tokens: 20 };
    const busy = { ...tenant, output, arrivals: { kind: 'constant', rate: 20 }, client };
    const records = run({ ...idle, engine: { ...engine, maxNumSeqs: 4 }, traffic: [busy] });
    const again = records.filter(({ outcome, tries }) => outcome === 'ok' && tries > 1);
    expect(again.length).toBeGreaterThan(3);
    for (const { firstTokenUs, intendedUs, sentUs } of again) {
      expect(sentUs).toBeGreaterThanOrEqual(intendedUs + 15_000 + 10_000);
      expect(firstTokenUs - sentUs).toBeLessThanOrEqual(15_000);
    }
  });

  test('that is refused tries again as often as it may, and then is refused', () => {
    const client = { retries: 2, backoff: '10ms' };
    const scenario = { ...idle, traffic: [{ ...tenant, client }] };
    for (const record of run(scenario, { strategy: refuseAll })) {
      expect(record).toMatchObject({ outcome: 'rejected', tries: 3, attempts: 0 });
    }
  });

  test('does not repeat a request that is longer than the context of the model', () => {
    const input = { kind: 'constant', tokens: 5_000 };
    for (const apiServer of [engine.apiServer, {}]) {
      const client = { retries: 4, backoff: '10ms' };
      const traffic = [{ ...tenant, input, client }];
      for (const record of run({ ...idle, engine: { apiServer }, traffic })) {
        expect(record).toMatchObject({ outcome: 'failed', tries: 1 });
      }
    }
  });

  test('goes away while its request is held, and is not sent then', () => {
    // The one that is being served has its first token, and takes its second.
    const client = { firstTokenTimeout: '300ms' };
    const traffic = [{ ...tenant, arrivals: { kind: 'constant', rate: 10 }, client }];
    const records = run({ ...idle, engine, traffic }, { strategy: holdSecond });
    const held = records.filter(({ replica }) => replica === '');
    expect(held.length).toBeGreaterThan(50);
    for (const { attempts, dispatchedUs, endUs, intendedUs, outcome } of held) {
      expect({ outcome, attempts, dispatchedUs }).toEqual({
        outcome: 'timeout',
        attempts: 0,
        dispatchedUs: Number.NaN,
      });
      expect(endUs - intendedUs).toBe(300_000);
    }
  });
});

describe('users who go away', () => {
  const output = { kind: 'constant', tokens: 2_000 };
  const many = { ...tenant, output, arrivals: { kind: 'constant', rate: 20 } };

  test('are the given share, after times of the given mean, and do not come back', () => {
    const client = { abortShare: 0.3, abortAfter: '1s', retries: 3 };
    const records = run({
      ...idle,
      duration: '100s',
      engine: { ...engine, maxNumSeqs: 1_024 },
      traffic: [{ ...many, client }],
    });
    expect(records.length).toBeGreaterThan(1_990);
    const gone = records.filter(({ outcome }) => outcome === 'cancelled');
    expect(Math.abs(gone.length - 600)).toBeLessThan(4 * Math.sqrt(2_000 * 0.3 * 0.7));
    const after = gone.map(({ endUs, intendedUs }) => (endUs - intendedUs) / 1e6);
    const mean = after.reduce((sum, s) => sum + s, 0) / after.length;
    expect(Math.abs(mean - 1)).toBeLessThan(4 / Math.sqrt(after.length));
    expect(gone.every(({ tries }) => tries === 1)).toBe(true);
  });

  test('while they wait to send again leave what came of the last try', () => {
    const client = { timeout: '100ms', retries: 5, backoff: '1m', abortShare: 1 };
    const job = { kind: 'conversation', turns: 2, question: 5, answer: 50, think: '1s' };
    const { input: _input, output: _output, ...rest } = tenant;
    const records = run({
      ...idle,
      duration: '100s',
      engine,
      traffic: [{ ...rest, job, client }],
    });
    const [first, second] = [1, 2].map((turn) => records.filter((record) => record.turn === turn));
    const late = first!.filter(({ outcome }) => outcome === 'timeout');
    expect(late.length).toBeGreaterThan(50);
    const began = new Map(second!.map(({ intendedUs, session }) => [session, intendedUs]));
    const followed = late.filter(({ session }) => began.has(session));
    expect(followed.length).toBeGreaterThan(40);
    for (const { endUs, sentUs, session, tries } of followed) {
      expect(tries).toBe(1);
      // It ended for the user when he left, not when he was told of the failure.
      expect(endUs).toBeGreaterThan(sentUs + 100_000);
      expect(began.get(session)).toBe(endUs + 1_000_000);
    }
  });
});

describe('a slow reader', () => {
  test('has its answer later, and the engine does not notice', () => {
    const fast = runWith({});
    const slow = runWith({ readTokensPerS: 20 });
    for (const [index, record] of slow.entries()) {
      const { endUs, firstTokenUs, lastTokenUs, outcome } = record;
      expect(outcome).toBe('ok');
      expect(firstTokenUs).toBe(fast[index]!.firstTokenUs);
      expect(endUs).toBe(firstTokenUs + (99 * 1e6) / 20);
      expect(lastTokenUs).toBe(endUs);
    }
    expect(runWith({ readTokensPerS: 1_000 })).toEqual(fast);
  });

  test('may lose its patience, or its timeout may end, while it reads', () => {
    for (const record of runWith({ readTokensPerS: 20, timeout: '2s' })) {
      expect(record).toMatchObject({ outcome: 'timeout', outputTokens: 100 });
      expect(record.endUs - record.intendedUs).toBe(2_000_000);
    }
    const leaving = runWith({ readTokensPerS: 1, abortShare: 1, abortAfter: '5s' });
    expect(new Set(leaving.map(({ outcome }) => outcome))).toEqual(new Set(['cancelled']));
  });

  test('that timed out reads no more: what it sent again decides', () => {
    const records = runWith({ readTokensPerS: 20, timeout: '2s', retries: 1, backoff: '10s' });
    for (const { outcome, tries } of records.slice(0, 15)) {
      expect({ outcome, tries }).toEqual({ outcome: 'timeout', tries: 2 });
    }
  });

  test('asks its next question when it has read the answer', () => {
    const job = { kind: 'conversation', turns: 3, question: 5, answer: 50, think: '1s' };
    const { input: _input, output: _output, ...rest } = tenant;
    const client = { readTokensPerS: 10 };
    const records = run({ ...idle, duration: '60s', engine, traffic: [{ ...rest, job, client }] });
    const ends = new Map(records.map(({ endUs, session, turn }) => [`${session} ${turn}`, endUs]));
    const later = records.filter(({ turn }) => turn > 1);
    expect(later.length).toBeGreaterThan(20);
    for (const { intendedUs, session, turn } of later) {
      expect(intendedUs).toBe(ends.get(`${session} ${turn - 1}`)! + 1_000_000);
    }
  });
});

test('whatever clients do, each request has one record and the fleet is empty in the end', () => {
  const engines = fc.constantFrom<Readonly<Record<string, unknown>>>(
    {},
    { maxNumSeqs: 2 },
    { numGpuBlocksOverride: 270, maxNumSeqs: 16 },
    { apiServer: { requestMs: 20, promptUsPer1000Tokens: 1_000 } },
    { dataParallelSize: 2 },
  );
  const clients = fc.record({
    timeout: fc.constantFrom('50ms', '400ms', '3s'),
    firstTokenTimeout: fc.constantFrom('30ms', '1s'),
    retries: fc.nat(3),
    backoff: fc.constantFrom('1ms', '300ms'),
    abortShare: fc.constantFrom(0, 0.3),
    abortAfter: fc.constantFrom('5ms', '500ms'),
    readTokensPerS: fc.constantFrom(5, 60, 1e6),
  });
  const shape = fc.record({
    seed: fc.nat(),
    replicas: fc.integer({ min: 1, max: 3 }),
    engine: engines,
    client: clients,
    strategy: fc.constantFrom(...strategies, holdSecond),
  });
  const property = fc.property(shape, ({ seed, replicas, engine, client, strategy }) => {
    const traffic = mixedTraffic.map((tenant) => ({ ...tenant, client }));
    const records = run(
      { replicas, engine, traffic, warmup: '0s', duration: '4s' },
      { seed, strategy },
    );
    expect(new Set(records.map(({ id }) => id)).size).toBe(records.length);
    for (const { endUs, intendedUs, sentUs, tries } of records) {
      expect(tries).toBeLessThanOrEqual(client.retries + 1);
      expect(sentUs > intendedUs).toBe(tries > 1);
      expect(endUs).toBeGreaterThanOrEqual(sentUs);
    }
  });
  fc.assert(property, { seed: 1, numRuns: 100 });
});
