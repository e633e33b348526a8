import { expect, test } from 'vitest';
import { GapHistogram } from '../../core/gap-histogram.ts';
import { RecordLog } from '../../core/record-log.ts';
import type { RequestRecord } from '../../core/request-record.ts';
import { aiperfExport, aiperfLines } from '../../reports/exports/aiperf.ts';
import type { ExportedRun } from '../../reports/exports/exported-run.ts';
import { guidellmExport } from '../../reports/exports/guidellm.ts';
import { vllmBenchExport } from '../../reports/exports/vllm-bench.ts';

// The files of other tools, by names and units of theirs. Two requests that can be reckoned by
// hand, one that failed, and one of the warm-up that no file may hold.

const base: RequestRecord = {
  ...{ id: 1, tenant: 'chat', session: 3, turn: 2, turns: 4, inputTokens: 100, cachedTokens: NaN },
  ...{ outputTokens: 11, intendedUs: 1e6, sentUs: 1_001_000, dispatchedUs: NaN, scheduledUs: NaN },
  ...{ firstTokenUs: 1_201_000, lastTokenUs: 2_201_000, endUs: 2_301_000, gapMaxUs: 100_000 },
  ...{ preemptions: NaN, tries: 1, attempts: NaN, replica: '', outcome: 'ok' },
};

const late: RequestRecord = {
  ...{ ...base, id: 2, session: 0, turn: 0, outputTokens: 1, intendedUs: 2e6, sentUs: 2_003_000 },
  ...{ firstTokenUs: 2_403_000, lastTokenUs: 2_403_000, endUs: 2_403_000, gapMaxUs: NaN },
};

const failed: RequestRecord = {
  ...{ ...base, id: 3, outputTokens: 0, intendedUs: 3e6, sentUs: 3e6, endUs: 3_100_000 },
  ...{ firstTokenUs: NaN, lastTokenUs: NaN, gapMaxUs: NaN, outcome: 'failed' },
};

function exported(): ExportedRun {
  const log = new RecordLog();
  for (const record of [{ ...base, id: 0, intendedUs: 0 }, late, base, failed]) log.append(record);
  const gaps = new GapHistogram();
  gaps.record(100_000, 10);
  return {
    ...{ log, gaps, window: { fromUs: 1e6, untilUs: 5e6 }, startedAtS: 1_700_000_000 },
    ...{ scenario: 'even', seed: 7, url: 'http://h:1', model: 'm', api: 'completions' },
    ...{ version: '0', runId: 'id', command: 'fairlead', wasCancelled: false, goodputRps: 0.5 },
  };
}

test('vllm bench: latencies from sending, zeros for what failed', () => {
  const file = vllmBenchExport(exported());
  expect(file).toMatchObject({
    ...{ date: '20231114-221320', backend: 'openai', model_id: 'm', max_concurrency: null },
    ...{ num_prompts: 3, completed: 2, failed: 1, request_goodput: 2 / 2.099, request_rate: 1 },
    ...{ total_input_tokens: 200, total_output_tokens: 12, max_concurrent_requests: 2 },
    ...{ errors: ['', '', 'failed'], output_lens: [11, 1, 0], ttfts: [0.2, 0.4, 0] },
    ...{ queue_times: [0.001, 0.003, 0], latencies: [1.3, 0.4] },
  });
  const ms = (name: string) => file[name] as number;
  expect(ms('duration')).toBeCloseTo(2.099);
  expect(ms('mean_ttft_ms')).toBeCloseTo(300);
  expect(ms('p99_ttft_ms')).toBeCloseTo(398);
  // An answer of one token has none.
  expect(ms('mean_tpot_ms')).toBeCloseTo(100);
  expect(ms('mean_itl_ms')).toBeCloseTo(100);
  expect(ms('mean_client_queue_time_ms')).toBeCloseTo(2);
  expect(file).not.toHaveProperty('std_itl_ms');
  for (const metric of ['ttft', 'tpot', 'itl', 'e2el', 'e2el_including_client_queue']) {
    expect(file).toHaveProperty(`median_${metric}_ms`);
    expect(file).toHaveProperty(`p99_${metric}_ms`);
  }
});

test('GuideLLM: version 2, with the intended time of each request', () => {
  const file = guidellmExport(exported()) as { benchmarks: Record<string, never>[] };
  expect(file).toMatchObject({ metadata: { version: 2 } });
  const [benchmark] = file.benchmarks as unknown as {
    metrics: Record<string, { successful: { mean: number; percentiles: object } }>;
    requests: { successful: object[]; errored: object[]; incomplete: object[]; total: null };
  }[];
  expect(benchmark).toMatchObject({
    type_: 'generative_benchmark',
    metrics: { request_totals: { successful: 2, errored: 1, incomplete: 0, total: 3 } },
  });
  expect(benchmark!.requests.successful[0]).toMatchObject({
    info: { timings: { targeted_start: 1_700_000_001, request_start: 1_700_000_001.001 } },
  });
  const { metrics } = benchmark!;
  expect(metrics['time_to_first_token_ms']!.successful.mean).toBeCloseTo(300);
  expect(metrics['inter_token_latency_ms']!.successful.mean).toBeCloseTo(100);
  // (2.201 - 1.001)/11 s and .4/1 s: it holds the time to the first token.
  expect(metrics['time_per_output_token_ms']!.successful.mean).toBeCloseTo((1_200 / 11 + 400) / 2);
  expect(Object.keys(metrics['request_latency']!.successful.percentiles)).toEqual(
    'p001 p01 p05 p10 p25 p50 p75 p90 p95 p99 p999'.split(' '),
  );
});

test('AIPerf: units in every figure, and a line for each request', () => {
  const run = exported();
  const file = aiperfExport(run) as Record<string, { unit: string; avg: number; p99: number }>;
  expect(file['time_to_first_token']).toMatchObject({ unit: 'ms', count: 2 });
  expect(file['time_to_first_token']!.avg).toBeCloseTo(300);
  // It ends with the answer: (1.3 - .2)/10 s.
  expect(file['inter_token_latency']!.avg).toBeCloseTo(110);
  expect(file['effective_latency']!.avg).toBeCloseTo((1_301 + 403) / 2);
  expect(file['request_count']).toEqual({ unit: 'requests', avg: 2 });
  expect(file['error_request_count']).toEqual({ unit: 'requests', avg: 1 });
  const lines = aiperfLines(run).map((line) => JSON.parse(line));
  expect(lines).toHaveLength(3);
  expect(lines[0]).toMatchObject({
    metadata: { credit_issued_ns: 1_700_000_001e9, request_start_ns: 1_700_000_001.001e9 },
    metrics: { time_to_first_token: { unit: 'ms' } },
    error: null,
  });
  expect(lines[2]).toMatchObject({ metrics: {}, error: { type: 'failed' } });
});

test('a run without answers gives files without latencies, and no NaN', () => {
  const run = { ...exported(), log: new RecordLog(), gaps: new GapHistogram() };
  run.log.append(failed);
  for (const file of [vllmBenchExport(run), guidellmExport(run), aiperfExport(run)]) {
    expect(JSON.stringify(file)).not.toMatch(/NaN|Infinity/);
    expect(file).not.toHaveProperty('mean_ttft_ms');
    expect(file).not.toHaveProperty('time_to_first_token');
  }
});
