import { describe, expect, test } from 'vitest';
import { gate } from '../../../experiments/gate/gate.ts';
import { gatedMetrics } from '../../../experiments/gate/gated-metrics.ts';
import { resolveLoad } from '../../../experiments/load/resolve-load.ts';
import { summariseTask } from '../../../experiments/run-task.ts';
import { looksOf } from '../../../experiments/statistics/looks.ts';
import { baselineSchema, baselineText } from '../../../reports/gate/baseline.ts';
import { gateSchema } from '../../../reports/gate/result.ts';
import {
  baselineOf,
  gateResult,
  gateScenario,
  gateStrategy,
  slowed,
} from '../../support/gate-results.ts';

const baseline = baselineOf(gateScenario(), 16);

test('what has not changed is bit-identical, after the seeds of the first look', async () => {
  const result = await gateResult({ baseline, head: gateScenario() });
  expect(result.verdict).toEqual({
    kind: 'pass',
    sentence: 'small: bit-identical in all 8 seeds that were compared.',
  });
  expect(result.scenarios[0]!.digests).toEqual({ compared: 8, equal: 8 });
  expect(gateSchema.parse(result)).toEqual(result);
});

test('a replica that is slower is found and named', async () => {
  const result = await gateResult({ baseline, head: gateScenario(slowed(1.1)) });
  expect(result.verdict.kind).toBe('regress');
  expect(result.verdict.sentence).toContain('TPOT p50 of r-2');
  expect(result.verdict.sentence).not.toContain('TPOT p50 of r-1');
  expect(result.scenarios[0]!.digests).toMatchObject({ equal: 0, first: { seed: 1 } });
  expect(gateSchema.parse(result)).toEqual(result);
});

test('one that is faster passes', async () => {
  const before = baselineOf(gateScenario(slowed(1.2)));
  const result = await gateResult({ baseline: before, head: gateScenario() });
  expect(result.verdict.kind).toBe('pass');
});

test('a change within a laxer tolerance passes, and names no replica', async () => {
  const gated = gatedMetrics({ tolerances: [{ value: 0.5 }] });
  const head = gateScenario(slowed(1.1));
  expect((await gateResult({ baseline, head, gated })).verdict.kind).toBe('pass');
});

test('two seeds of noise decide nothing, and it is told how many would', async () => {
  const before = baselineOf(gateScenario(), 2);
  const head = gateScenario(slowed(1.02));
  const gated = gatedMetrics({ chosen: ['ttftP99'], tolerances: [{ value: 0 }] });
  const { verdict } = await gateResult({ baseline: before, head, gated, first: 2 });
  expect(verdict.kind).toBe('inconclusive');
  expect(verdict.sentence).toContain('it is open whether TTFT p99 is worse');
});

describe('the runs are not paired, and nothing is run,', () => {
  const refused = async (head: ReturnType<typeof gateScenario>) => {
    const { looks, verdict } = await gateResult({ baseline, head });
    expect(looks.taken).toBe(0);
    expect(verdict.kind).toBe('invalid');
    expect(verdict.advice).toContain('--update-baseline');
    return verdict.sentence;
  };

  test('with other arrivals, lengths or clients', async () => {
    const traffic = [{ tenant: 'chat', arrivals: { kind: 'poisson', rate: 6 } }];
    expect(await refused(gateScenario({ traffic }))).toContain('the traffic of chat is not that');
  });

  test('with other tenants', async () => {
    const sentence = await refused(gateScenario({ traffic: [{ tenant: 'code' }] }));
    expect(sentence).toContain('is of code, and that of the baseline of chat');
  });

  test('with another window', async () => {
    expect(await refused(gateScenario({ duration: '61s' }))).toContain('its duration');
  });
});

test('a scenario that the baseline does not know is invalid', async () => {
  const { verdict } = await gateResult({ head: gateScenario() });
  expect(verdict).toMatchObject({
    kind: 'invalid',
    sentence: 'small: the baseline does not know it.',
  });
});

/** Engines that run one request after the other. */
const overloaded = { engine: { maxNumSeqs: 1, stepTime: { kind: 'fixed', stepMs: 60 } } };

test('a fleet that no longer keeps up is worse, whatever its percentiles are', async () => {
  const { scenarios, verdict } = await gateResult({ baseline, head: gateScenario(overloaded) });
  expect(verdict.kind).toBe('regress');
  expect(scenarios[0]!.reason).toContain('it no longer keeps up with this traffic: saturated in 8');
});

test('a load is played at the rate it was, so that a slower fleet is not let off', async () => {
  const base = resolveLoad(gateScenario({ traffic: [loaded] }));
  const rates: (number | undefined)[] = [];
  const head = gateScenario({ traffic: [loaded], ...smallFleet });
  await gate({
    cases: [{ scenario: head, strategy: gateStrategy, baseline: baselineOf(base, 2) }],
    gated: gatedMetrics(),
    looks: looksOf(2, 2),
    run: async (tasks) => {
      rates.push(...tasks.map((task) => task.scenario.traffic[0]!.loadRate?.rps));
      return tasks.map(() => undefined);
    },
  });
  const rate = base.traffic[0]!.loadRate!.rps;
  expect(rates).toEqual([rate, rate]);
  expect(resolveLoad(head).traffic[0]!.loadRate!.rps).toBeLessThan(0.7 * rate);
});

const loaded = { tenant: 'chat', load: 0.5, arrivals: { kind: 'poisson' } };
const smallFleet = { replicas: 1 };

test('several scenarios are judged together, and what is worse in one is told of that one', async () => {
  const other = { ...gateScenario(slowed(1.1)), name: 'other' };
  const cases = [gateScenario(), other].map((scenario) => ({
    ...{ scenario, strategy: gateStrategy, baseline },
  }));
  const result = await gate({
    ...{ cases, gated: gatedMetrics(), looks: looksOf(8, 16) },
    run: async (tasks) => tasks.map(summariseTask),
  });
  expect(result!.verdict.kind).toBe('regress');
  expect(result!.verdict.sentence).toMatch(/^other: /);
  expect(result!.scenarios.map(({ outcome }) => outcome)).toEqual(['identical', 'regress']);
});

test('a baseline is a line for each seed, and is read as it was written', () => {
  const whole = {
    kind: 'gate-baseline',
    schemaVersion: 1,
    scenarios: { small: baseline },
  } as const;
  const text = baselineText(whole);
  expect(baselineSchema.parse(JSON.parse(text))).toEqual(whole);
  expect(text.split('\n').filter((line) => line.includes('"digest"'))).toHaveLength(16);
});
