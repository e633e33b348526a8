import { describe, expect, test } from 'vitest';
import { assembleComparison, compare } from '../../experiments/compare.ts';
import { resolveLoad } from '../../experiments/load/resolve-load.ts';
import { runTask } from '../../experiments/run-task.ts';
import { isSaturated } from '../../reports/saturation.ts';
import { summariseRun } from '../../reports/summarise-run.ts';
import { comparisonSchema } from '../../reports/summary.ts';
import { askedRps } from '../../scenarios/asked-rate.ts';
import { RequestStream } from '../../scenarios/request-stream.ts';
import type { LoadRate, Scenario } from '../../scenarios/scenario.ts';
import { draftRow } from '../../scenarios/traces/trace-row.ts';
import type { SimulatedRun } from '../../sim/simulate.ts';
import { playing } from '../support/played-traces.ts';
import { loadScenario } from '../support/scenarios.ts';

const chat = {
  arrivals: { kind: 'poisson' },
  input: { kind: 'preset', name: 'azure-chat-input' },
  output: { kind: 'preset', name: 'azure-chat-output' },
};
const talk = {
  arrivals: { kind: 'poisson' },
  job: {
    kind: 'conversation',
    prefix: [{ tokens: 1_000 }],
    context: { kind: 'log-normal', mean: 4_000, sd: 2_500, min: 500, max: 15_000 },
    turns: { kind: 'log-normal', mean: 4, sd: 2.5, min: 1, max: 15 },
    question: 50,
    answer: 300,
    think: { mean: '20s', sd: '15s', max: '60s' },
  },
};
const a100 = { name: 'a100', gpu: 'A100-80GB-SXM', replicas: 2 };
const l4 = { name: 'l4', gpu: 'L4', replicas: 2, engine: { maxModelLen: 16_384 } };

interface Asked {
  readonly traffic: readonly Readonly<Record<string, unknown>>[];
  readonly fleet?: readonly Readonly<Record<string, unknown>>[];
  readonly warmup?: string;
  readonly duration?: string;
}

function scenarioWith({ fleet = [a100], ...asked }: Asked): Scenario {
  const text = { name: 'load', summary: 'A load.', model: 'Llama-3.1-8B', fleet, ...asked };
  return loadScenario(JSON.stringify(text), 'load.json');
}

function loadRate(scenario: Scenario, entry = 0): LoadRate {
  return resolveLoad(scenario).traffic[entry]!.loadRate!;
}

function run(scenario: Scenario): SimulatedRun {
  const strategy = { name: 'least-tokens', options: {} };
  return runTask({ scenario: resolveLoad(scenario), strategy, seed: 5 });
}

function endedPerS({ log, window }: SimulatedRun): number {
  const ended = log.numbers('endUs').filter((us) => us >= window.fromUs && us < window.untilUs);
  return (ended.length * 1e6) / (window.untilUs - window.fromUs);
}

function isOverloaded(scenario: Scenario): boolean {
  const { log, window } = run(scenario);
  return isSaturated(log, window);
}

describe('the capacity of a fleet', () => {
  test.each<[string, Asked]>([
    ['equal replicas', { traffic: [{ load: 1.5, ...chat }] }],
    ['a mixed fleet', { traffic: [{ load: 1.5, ...chat }], fleet: [a100, l4] }],
    [
      'more than are looked at',
      { traffic: [{ load: 1.3, ...chat }], fleet: [{ ...a100, replicas: 9 }] },
    ],
    ['conversations', { traffic: [{ load: 1.05, ...talk }], fleet: [{ ...a100, replicas: 8 }] }],
  ])('is what a long saturated run gets through, within 2 %%: %s', (_name, asked) => {
    const scenario = scenarioWith({ ...asked, warmup: '10m', duration: '20m' });
    const { capacityRps, requestsPerJob } = loadRate(scenario);
    const sustained = endedPerS(run(scenario)) / (capacityRps * requestsPerJob);
    expect(Math.abs(sustained - 1)).toBeLessThan(0.02);
  });

  test.each([
    ['equal replicas', [a100]],
    ['a mixed fleet', [a100, l4]],
  ])('divides the loads a fleet keeps up with from those it does not: %s', (_name, fleet) => {
    const at = (load: number) =>
      scenarioWith({ traffic: [{ load, ...chat }], fleet, warmup: '20m', duration: '40m' });
    expect(isOverloaded(at(0.98))).toBe(false);
    expect(isOverloaded(at(1.05))).toBe(true);
  });

  test('is each tenant’s own, so that their loads add up to how busy the fleet is', () => {
    const at = (load: number) =>
      scenarioWith({
        traffic: [
          { tenant: 'chat', load, ...chat },
          { ...chat, tenant: 'batch', load, input: { kind: 'constant', tokens: 6_000 } },
        ],
        warmup: '20m',
        duration: '40m',
      });
    const [first, second] = [loadRate(at(0.4)), loadRate(at(0.4), 1)];
    expect(second.capacityRps).toBeLessThan(first.capacityRps / 2);
    expect(isOverloaded(at(0.47))).toBe(false);
    expect(isOverloaded(at(0.54))).toBe(true);
  });

  test('is the same at every call, whatever the tenant is called and however it arrives', () => {
    const { capacityRps } = loadRate(scenarioWith({ traffic: [{ load: 0.5, ...chat }] }));
    for (const other of [
      { load: 0.5 },
      { load: 0.9, tenant: 'other' },
      { load: 0.5, arrivals: { kind: 'gamma', cv: 4 } },
      { load: 0.5, client: { timeout: '2s', retries: 3 } },
    ]) {
      const scenario = scenarioWith({ traffic: [{ ...chat, ...other }] });
      expect(loadRate(scenario).capacityRps).toBe(capacityRps);
    }
  });

  test.each([true, false])('is told of a trace without times, repeat %s', (repeat) => {
    const lengths = [
      [900, 60],
      [3_000, 200],
    ] as const;
    const rows = lengths.map(([promptTokens, outputTokens], index) =>
      draftRow({ line: index + 1, arrivalUs: 0, promptTokens, outputTokens }),
    );
    const arrivals = { kind: 'poisson' };
    const trace = { file: 'talks.json', repeat };
    const played = playing(rows, { trace, arrivals, load: 0.5 }, { timed: false });
    const drawn = loadRate(scenarioWith({ traffic: [{ arrivals, load: 0.5, lengths }] }));
    const { capacityRps, requestsPerJob, rps } = loadRate(played);
    expect(requestsPerJob).toBe(1);
    expect(rps).toBeCloseTo(0.5 * capacityRps, 9);
    expect(Math.abs(capacityRps / drawn.capacityRps - 1)).toBeLessThan(0.02);
  });

  test('counts all requests of a job', () => {
    const job = { kind: 'conversation', turns: 3, question: 500, answer: 100, think: '5s' };
    const one = { kind: 'conversation', turns: 1, question: 500, answer: 100 };
    const entry = { load: 0.5, arrivals: { kind: 'poisson' } };
    const three = loadRate(scenarioWith({ traffic: [{ ...entry, job }] }));
    const single = loadRate(scenarioWith({ traffic: [{ ...entry, job: one }] }));
    expect(three.requestsPerJob).toBe(3);
    expect(three.capacityRps).toBeLessThan(single.capacityRps / 3);
  });
});

describe('a load', () => {
  const curve = {
    kind: 'steps',
    points: [
      { at: '0s', rate: 1 },
      { at: '6m', rate: 3 },
    ],
  };

  test.each([
    ['without a rate', chat],
    ['with the shape of a curve', { ...chat, arrivals: { kind: 'poisson', rate: curve } }],
    [
      'in bursts',
      {
        ...chat,
        arrivals: { kind: 'gamma', cv: 2, bursts: { on: { mean: '2s' }, off: { mean: '2s' } } },
      },
    ],
    ['at equal gaps', { ...chat, arrivals: { kind: 'constant' } }],
  ])('is the mean rate over the measured window: %s', (_name, entry) => {
    const scenario = resolveLoad(scenarioWith({ traffic: [{ load: 0.75, ...entry }] }));
    const [tenant] = scenario.traffic;
    const { capacityRps, rps } = tenant!.loadRate!;
    const window = { fromUs: 120e6, untilUs: 720e6 };
    expect(rps).toBeCloseTo(0.75 * capacityRps, 9);
    expect(askedRps(tenant!, window)).toBeCloseTo(rps, 9);
    const stream = new RequestStream(scenario, 3);
    let requests = 0;
    while (stream.nextArrivalUs < window.untilUs) {
      if (stream.next().arrivalUs >= window.fromUs) requests += 1;
    }
    expect(Math.abs(requests / 600 / rps - 1)).toBeLessThan(0.1);
  });

  test('leaves scenarios with rates as they are', () => {
    const scenario = scenarioWith({
      traffic: [{ ...chat, arrivals: { kind: 'poisson', rate: 3 } }],
    });
    expect(resolveLoad(scenario)).toBe(scenario);
  });

  test('is not run before it has become a rate', () => {
    const scenario = scenarioWith({ traffic: [{ load: 0.5, ...chat }] });
    expect(() => new RequestStream(scenario, 1)).toThrow('a load becomes a rate');
  });

  test('is told with its rate in the results', async () => {
    const scenario = scenarioWith({ traffic: [{ load: 0.5, ...chat }], duration: '60s' });
    const strategies = [{ name: 'random', options: {} }];
    const options = { scenario, strategies, seeds: [1], by: 'ttftP99Ms', version: '1' } as const;
    const result = await compare(options);
    const { capacityRps, rps } = loadRate(scenario);
    const { load } = comparisonSchema.shape.scenario.parse(result!.scenario).traffic[0]!;
    expect(load!.share).toBe(0.5);
    expect(load!.rps).toBeCloseTo(rps, 3);
    expect(load!.capacityRps).toBe(capacityRps);
    const runs = [summariseRun(run(scenario), [])];
    const one = assembleComparison({
      ...options,
      scenario: resolveLoad(scenario),
      all: [{ strategy: strategies[0]!, runs }],
    });
    expect(one.scenario.traffic[0]!.load).toEqual(load);
  });

  test('of requests that no engine takes is refused', () => {
    const long = { ...chat, input: { kind: 'constant', tokens: 20_000 } };
    const scenario = scenarioWith({ traffic: [{ load: 0.5, ...long }], fleet: [l4] });
    expect(() => resolveLoad(scenario)).toThrow('the fleet answers no request of "default"');
  });

  test('that asks for more requests than a run holds is refused', () => {
    const tiny = { arrivals: { kind: 'poisson' }, lengths: [[1, 1]] };
    const scenario = scenarioWith({ traffic: [{ load: 1, ...tiny }], duration: '168h' });
    expect(() => resolveLoad(scenario)).toThrow('a run holds at most 10 million');
  });
});
