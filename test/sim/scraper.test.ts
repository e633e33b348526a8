import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { simulate } from '../../sim/simulate.ts';
import { strategies } from '../../strategies/registry.ts';
import { type SmallScenario, smallScenario } from '../support/scenarios.ts';
import { strategyNamed } from '../support/strategies.ts';
import { type SeenReport, watchReports } from '../support/watched-reports.ts';

const everyUs = 200_000;

function signals(given: Readonly<Record<string, unknown>> = {}): SmallScenario {
  return { gateway: { signals: { every: '200ms', jitter: 0, ...given } } };
}

/** When each replica looked at itself. */
function sampledUs(seen: readonly SeenReport[], replica: number): number[] {
  return seen.filter((one) => one.replica === replica).map(({ reported }) => reported.sampledAtUs);
}

describe('scraping', () => {
  test('asks each replica at its time, in phases that are spread over the period', () => {
    const seen = watchReports({ overrides: { ...signals(), replicas: 40, duration: '2s' } });
    const phases = Array.from({ length: 40 }, (_, replica) => sampledUs(seen, replica)[0]!);
    expect(Math.max(...phases)).toBeLessThan(everyUs);
    expect(new Set(phases).size).toBe(40);
    for (let tenth = 0; tenth < 4; tenth++) {
      const within = phases.filter((us) => Math.floor((us / everyUs) * 4) === tenth);
      expect(within.length).toBeGreaterThan(3);
    }
    const others = watchReports({ overrides: { ...signals(), duration: '2s' }, seed: 2 });
    expect(sampledUs(others, 0)[0]).not.toBe(phases[0]);
  });

  test('keeps its period to the microsecond', () => {
    const seen = watchReports({ overrides: { ...signals(), duration: '30s' } });
    const [first, ...later] = sampledUs(seen, 0);
    expect(later.length).toBeGreaterThan(145);
    expect(later).toEqual(later.map((_, turn) => first! + (turn + 1) * everyUs));
  });

  test('is late by chance and never drifts', () => {
    const seen = watchReports({ overrides: { ...signals({ jitter: 0.5 }), duration: '60s' } });
    for (const replica of [0, 1]) {
      const [first, ...later] = sampledUs(seen, replica);
      const lateUs = later.map((us, turn) => us - first! - (turn + 1) * everyUs);
      expect(later.length).toBeGreaterThan(295);
      expect(Math.min(...lateUs)).toBeGreaterThanOrEqual(0);
      expect(Math.max(...lateUs)).toBeLessThan(0.5 * everyUs);
      // Uniform: the mean of 300 is within four deviations of a quarter of the period.
      const mean = lateUs.reduce((sum, us) => sum + us, 0) / lateUs.length;
      expect(Math.abs(mean / everyUs - 0.25)).toBeLessThan((4 * 0.5) / Math.sqrt(12 * 295));
    }
  });

  test('tells the time at which the replica looked, not at which the answer came', () => {
    const plain = watchReports({ overrides: { ...signals(), duration: '5s' } });
    for (const { nowUs, reported } of plain) expect(nowUs).toBe(reported.sampledAtUs);
    const slow = watchReports({ overrides: { ...signals({ delay: '70ms' }), duration: '5s' } });
    for (const { nowUs, reported } of slow) expect(nowUs - reported.sampledAtUs).toBe(70_000);
    expect(sampledUs(slow, 1).slice(0, 20)).toEqual(sampledUs(plain, 1).slice(0, 20));
  });

  test('does not ask again before the answer has come', () => {
    const seen = watchReports({ overrides: { ...signals({ delay: '300ms' }), duration: '5s' } });
    const times = sampledUs(seen, 0);
    expect(times.length).toBeGreaterThan(10);
    const gaps = times.slice(1).map((us, i) => us - times[i]!);
    expect(new Set(gaps)).toEqual(new Set([300_000]));
  });

  test('loses the share of the answers that it is told to, and asks again at the next turn', () => {
    const whole = watchReports({ overrides: { ...signals(), duration: '60s' } });
    const lossy = watchReports({ overrides: { ...signals({ loss: 0.3 }), duration: '60s' } });
    const share = lossy.length / whole.length;
    // Four deviations of a mean over 600 answers.
    expect(Math.abs(share - 0.7)).toBeLessThan(4 * Math.sqrt((0.3 * 0.7) / whole.length));
    for (const replica of [0, 1]) {
      const turns = new Set(sampledUs(whole, replica));
      for (const us of sampledUs(lossy, replica)) expect(turns.has(us)).toBe(true);
    }
    expect(watchReports({ overrides: { ...signals({ loss: 1 }), duration: '2s' } })).toEqual([]);
  });

  test('is the same whoever picks', () => {
    const overrides = { ...signals({ jitter: 1, loss: 0.2, delay: '10ms' }), duration: '5s' };
    const [one, other] = ['least-requests', 'random'].map((strategy) =>
      watchReports({ overrides, strategy }).map(({ nowUs, replica }) => [nowUs, replica]),
    );
    const both = Math.min(one!.length, other!.length);
    expect(both).toBeGreaterThan(30);
    expect(one!.slice(0, both)).toEqual(other!.slice(0, both));
  });
});

describe('a replica whose metrics go wrong', () => {
  const fault = { kind: 'metrics', at: '3s', for: '2s', replicas: ['r-1'] };
  const traffic = [{ arrivals: { kind: 'poisson', rate: 40 } }];
  const during = ({ reported }: SeenReport) =>
    reported.sampledAtUs >= 3e6 && reported.sampledAtUs < 5e6;

  test('says nothing while they are lost', () => {
    const events = [{ ...fault, mode: 'lost' }];
    const seen = watchReports({ overrides: { ...signals(), traffic, events } });
    expect(seen.filter((one) => one.replica === 0 && during(one))).toEqual([]);
    expect(seen.filter((one) => one.replica === 1 && during(one)).length).toBe(10);
    expect(sampledUs(seen, 0).filter((us) => us >= 5e6).length).toBeGreaterThan(20);
  });

  test('says the same again and again while they are frozen, and calls it new', () => {
    const events = [{ ...fault, mode: 'frozen' }];
    const seen = watchReports({ overrides: { ...signals(), traffic, events } });
    const loads = (replica: number) =>
      seen
        .filter((one) => one.replica === replica && during(one))
        .map(({ reported }) => [reported.running, reported.waiting, reported.kvUsage].join());
    expect(loads(0).length).toBe(10);
    expect(new Set(loads(0)).size).toBe(1);
    expect(new Set(loads(1)).size).toBeGreaterThan(3);
  });

  test('says nothing while it is down', () => {
    const events = [{ kind: 'crash', at: '3s', replicas: ['r-1'], down: '1s', warmUp: '1s' }];
    const seen = watchReports({ overrides: { ...signals(), traffic, events } });
    const silent = sampledUs(seen, 0).filter((us) => us >= 3e6 && us < 4e6);
    expect(silent).toEqual([]);
  });
});

test('what was sent and what has ended since is what a plain count says', () => {
  const circumstances = fc.record({
    jitter: fc.constantFrom(0, 0.3, 1),
    delay: fc.constantFrom('0ms', '5ms', '90ms', '450ms'),
    loss: fc.constantFrom(0, 0.2),
    rate: fc.integer({ min: 5, max: 80 }),
    replicas: fc.integer({ min: 1, max: 4 }),
    seed: fc.nat(1_000),
  });
  let compared = 0;
  const property = fc.property(circumstances, ({ rate, replicas, seed, ...given }) => {
    const sent: { replica: number; nowUs: number; promptTokens: number }[] = [];
    const ended: { replica: number; nowUs: number }[] = [];
    watchReports({
      overrides: {
        ...signals(given),
        replicas,
        traffic: [{ arrivals: { kind: 'poisson', rate } }],
        warmup: '0s',
        duration: '3s',
      },
      seed,
      onSent: (replica, promptTokens, nowUs) => sent.push({ replica, nowUs, promptTokens }),
      onEnded: (replica, nowUs) => ended.push({ replica, nowUs }),
      onPick: (candidates) => {
        for (const { index, reported } of candidates) {
          if (Number.isNaN(reported.sampledAtUs)) continue;
          // At one instant engines end a step, then replicas are asked, then clients send.
          const since = reported.sampledAtUs;
          const later = sent.filter(({ nowUs, replica }) => replica === index && nowUs >= since);
          const over = ended.filter(({ nowUs, replica }) => replica === index && nowUs > since);
          expect(reported.sentSince).toBe(later.length);
          expect(reported.sentPromptTokensSince).toBe(
            later.reduce((sum, { promptTokens }) => sum + promptTokens, 0),
          );
          expect(reported.endedSince).toBe(over.length);
          compared += later.length + over.length;
        }
      },
    });
  });
  fc.assert(property, { seed: 1, numRuns: 40 });
  expect(compared).toBeGreaterThan(1_000);
});

const scraped = strategies.filter(({ needs }) => needs.includes('signals'));

test.each(scraped.map(({ name }) => name))(
  '%s keeps the invariants with bad reports, and gets the same requests as others',
  (name) => {
    const scenario = smallScenario({
      ...signals({ jitter: 1, delay: '40ms', loss: 0.2 }),
      replicas: 3,
      engine: { maxNumSeqs: 4, numGpuBlocksOverride: 300 },
      traffic: [{ arrivals: { kind: 'poisson', rate: 25 }, client: { timeout: '900ms' } }],
      events: [
        { kind: 'metrics', at: '1s', for: '1s', replicas: ['r-1'], mode: 'frozen' },
        { kind: 'metrics', at: '2s', for: '2s', replicas: ['r-2'], mode: 'lost' },
        { kind: 'crash', at: '3s', replicas: ['r-3'], down: '500ms', warmUp: '500ms' },
      ],
      warmup: '0s',
      duration: '5s',
    });
    const requestsUnder = (strategy: string) => {
      const options = { scenario, strategyOptions: {}, seed: 3, checkInvariants: true };
      const { log } = simulate({ ...options, strategy: strategyNamed(strategy) });
      return [...log.rows()]
        .sort((a, b) => a.id - b.id)
        .map(({ id, inputTokens, intendedUs }) => ({ id, inputTokens, intendedUs }));
    };
    const requests = requestsUnder(name);
    expect(requests.length).toBeGreaterThan(90);
    expect(requests).toEqual(requestsUnder('round-robin'));
  },
);
