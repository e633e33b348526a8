import { describe, expect, test } from 'vitest';
import { GapHistogram } from '../../core/gap-histogram.ts';
import { RecordLog } from '../../core/record-log.ts';
import type { RequestRecord } from '../../core/request-record.ts';
import type { SloClass } from '../../core/slo.ts';
import { summariseRun } from '../../reports/summarise-run.ts';
import { parseThreshold } from '../../scenarios/thresholds.ts';

const window = { fromUs: 10_000_000, untilUs: 20_000_000 };
const replicas = [
  { name: 'a', busyUs: 5_000_000 },
  { name: 'b', busyUs: 1_000_000 },
];

/** A request that starts after 100 ms and then gets 10 tokens, one every 20 ms. */
function request(change: Partial<RequestRecord>): RequestRecord {
  const intendedUs = change.intendedUs ?? 12_000_000;
  return {
    id: 0,
    tenant: 'chat',
    session: 0,
    turn: 0,
    turns: 0,
    inputTokens: 90,
    cachedTokens: 0,
    outputTokens: 10,
    intendedUs,
    sentUs: intendedUs,
    dispatchedUs: intendedUs,
    scheduledUs: intendedUs + 50_000,
    firstTokenUs: intendedUs + 100_000,
    lastTokenUs: intendedUs + 280_000,
    endUs: intendedUs + 280_000,
    gapMaxUs: 20_000,
    preemptions: 0,
    tries: 1,
    attempts: 1,
    replica: 'a',
    outcome: 'ok',
    ...change,
  };
}

function summarise(
  requests: readonly Partial<RequestRecord>[],
  slo: readonly string[] = [],
  classes: readonly SloClass[] = [],
) {
  const log = new RecordLog();
  for (const change of requests) log.append(request(change));
  const gaps = new GapHistogram();
  gaps.record(20_000, 9);
  return summariseRun({ log, gaps, window, replicas }, slo.map(parseThreshold), classes);
}

test('a p99.9 takes ten thousand requests that have the latency', () => {
  const many = (count: number) => Array.from({ length: count }, (_, id) => ({ id }));
  const { metrics: few } = summarise(many(9_999));
  expect([few.ttftP999Ms, few.tpotP999Ms, few.e2eP999Ms]).toEqual([null, null, null]);
  const late = { firstTokenUs: 12_900_000, lastTokenUs: 13_080_000, endUs: 13_080_000 };
  const ten = many(10).map((one) => ({ ...one, ...late, intendedUs: 12_000_000 }));
  const { metrics } = summarise([...many(9_980), ...ten, ...ten]);
  expect(metrics).toMatchObject({ ttftP999Ms: 900, tpotP999Ms: 20, e2eP999Ms: 1_080 });
  // One token has no time per token.
  const single = summarise([...many(9_999), { outputTokens: 1 }]).metrics;
  expect([single.ttftP999Ms, single.tpotP999Ms]).toEqual([100, null]);
});

test('every metric of a single request is what one computes by hand', () => {
  const { metrics } = summarise([{}]);
  expect(metrics).toMatchObject({
    ttftP50Ms: 100,
    ttftP99Ms: 100,
    tpotP99Ms: 20,
    stallP99Ms: 20,
    e2eP99Ms: 280,
    goodputRps: 0.1,
    outputTokensPerS: 1,
    imbalanceRatio: 2,
    preemptionsPerRequest: 0,
  });
  expect(metrics.itlP99Ms).toBeCloseTo(20, 1);
});

test('only requests that arrive inside the window count', () => {
  const outside = [{ intendedUs: 9_999_999 }, { intendedUs: 20_000_000 }];
  const inside = [{ intendedUs: 10_000_000 }, { intendedUs: 19_999_999 }];
  expect(summarise([...outside, ...inside]).outcomes.counted).toBe(2);
});

test('latency counts from the intended time, however late the client was', () => {
  const { metrics } = summarise([{ intendedUs: 12_000_000, sentUs: 12_090_000 }]);
  expect(metrics.ttftP50Ms).toBe(100);
});

test('an answer of one token has no time per output token, and none makes the metric null', () => {
  const one = { outputTokens: 1, lastTokenUs: 12_100_000, gapMaxUs: Number.NaN };
  const { metrics } = summarise([one]);
  expect(metrics).toMatchObject({ tpotP99Ms: null, stallP99Ms: null, ttftP50Ms: 100 });
});

test('a run without requests has no latencies and no imbalance, and does not fail', () => {
  const { metrics, outcomes } = summarise([]);
  expect(outcomes.counted).toBe(0);
  expect(metrics).toMatchObject({ ttftP99Ms: null, imbalanceRatio: null, attainmentShare: null });
});

describe('a good request', () => {
  const slo = ['ttft.p99 < 150ms', 'tpot.p99 < 25ms', 'goodput > 60%'];

  test.each([
    ['that kept all limits', {}, 1],
    ['that started late', { firstTokenUs: 12_150_001 }, 0],
    ['that was slow', { lastTokenUs: 12_400_000, endUs: 12_400_000 }, 0],
    ['that failed', { outcome: 'failed' as const }, 0],
    ['that was rejected', { outcome: 'rejected' as const, firstTokenUs: Number.NaN }, 0],
    ['that was cut off', { outcome: 'truncated' as const }, 0],
  ])('is one %s', (_what, change, good) => {
    expect(summarise([change], slo).metrics.attainmentShare).toBe(good);
  });

  test('makes the goodput, which an objective can demand', () => {
    const bad = { firstTokenUs: 13_000_000, lastTokenUs: 13_100_000, endUs: 13_100_000 };
    const { thresholds } = summarise([{}, {}, bad], slo);
    expect(thresholds.map(({ holds }) => holds)).toEqual([false, true, true]);
    expect(thresholds[2]!.value).toBeCloseTo(2 / 3, 5);
  });
});

test('an objective about something that never happened is not kept', () => {
  const rejected = { outcome: 'rejected' as const, firstTokenUs: Number.NaN };
  expect(summarise([rejected], ['ttft.p99 < 1h']).thresholds).toEqual([
    { text: 'ttft.p99 < 1h', holds: false, value: null },
  ]);
});

describe('a job', () => {
  const [startUs, s] = [12_000_000, 1_000_000];
  const round = (turn: number, atS: number, more: Partial<RequestRecord> = {}) => ({
    session: 7,
    turns: 2,
    turn,
    intendedUs: startUs + atS * s,
    ...more,
  });
  const jobs = (requests: readonly Partial<RequestRecord>[]) => summarise(requests).metrics;

  test('takes from its first request to the last of all its answers', () => {
    const branches = [round(2, 3), round(2, 3, { endUs: startUs + 5 * s })];
    expect(jobs([round(1, 0), ...branches])).toMatchObject({ jobP50Ms: 5_000, jobP99Ms: 5_000 });
  });

  test.each([
    ['that the end of the run has cut', [round(1, 0)]],
    ['with an answer that failed', [round(1, 0), round(2, 3, { outcome: 'timeout' })]],
    ['that began before the window', [round(1, -3), round(2, 3)]],
    ['of single requests, which is none', [{}]],
  ])('%s has no completion time', (_what, requests) => {
    expect(jobs(requests as Partial<RequestRecord>[]).jobP99Ms).toBeNull();
  });
});

describe('a tenant with objectives of its own', () => {
  const batch = { tenant: 'batch', hasPopulation: false, slo: [parseThreshold('ttft.p99 < 5s')] };
  const late = 12_400_000;
  const requests = [
    {},
    { firstTokenUs: late },
    { tenant: 'batch' },
    { tenant: 'batch', firstTokenUs: late },
    { tenant: 'batch', outcome: 'timeout' as const, firstTokenUs: Number.NaN },
    { tenant: 'batch', outcome: 'cancelled' as const },
  ];
  const slo = ['ttft.p50 < 200ms', 'goodput > 60%'];

  test('is judged by them, and the others by those of the scenario', () => {
    const { metrics, tenants, thresholds } = summarise(requests, slo, [batch]);
    expect(thresholds).toEqual([
      { text: 'ttft.p50 < 200ms', holds: false, value: 250 },
      { text: 'goodput > 60%', holds: false, value: 0.5 },
      { text: 'batch: ttft.p99 < 5s', holds: true, value: expect.any(Number) },
    ]);
    expect(tenants).toEqual([{ tenant: 'batch', requests: 4, attainmentShare: 0.666667 }]);
    // One of two, and two of three: the one who went away is not counted.
    expect(metrics.attainmentShare).toBe(0.6);
    expect(metrics.goodputRps).toBe(0.3);
  });

  test('may be many', () => {
    const many = requests.map((request) =>
      'tenant' in request ? { ...request, tenant: 'batch-12' } : request,
    );
    const population = { ...batch, hasPopulation: true };
    expect(summarise(many, slo, [population])).toEqual(summarise(requests, slo, [batch]));
    expect(summarise(many, slo, [batch]).tenants![0]!.requests).toBe(0);
  });

  test('without one there is nothing to tell apart', () => {
    expect(summarise(requests, slo).tenants).toBeUndefined();
  });
});
