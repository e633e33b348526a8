import { type Distribution, distributionOf } from './distribution.ts';
import {
  type ExportedRequest,
  type ExportedRun,
  exportedRequests,
  largest,
  seconds,
  smallest,
} from './exported-run.ts';

type Status = 'successful' | 'errored' | 'incomplete';

const percentiles = {
  ...{ p001: 0.001, p01: 0.01, p05: 0.05, p10: 0.1, p25: 0.25, p50: 0.5, p75: 0.75 },
  ...{ p90: 0.9, p95: 0.95, p99: 0.99, p999: 0.999 },
};

/**
 * A report of GuideLLM, version 2: one benchmark. Its names differ from ours: `inter_token_latency`
 * is our TPOT, and `time_per_output_token` counts the time to the first token as well. What only its
 * own scheduler has is left out.
 */
export function guidellmExport(run: ExportedRun): Record<string, unknown> {
  const requests = exportedRequests(run);
  return {
    metadata: { version: 2, fairlead_version: run.version },
    config: {
      metadata: { labels: { scenario: run.scenario, run_id: run.runId } },
      spec: {
        backend: {
          kind: 'openai_http',
          target: run.url,
          model: run.model,
          request_format: run.api === 'chat' ? '/v1/chat/completions' : '/v1/completions',
          stream: true,
        },
        profile: { kind: 'replay' },
        seed: { kind: 'static', value: run.seed },
      },
      benchmarks: [],
    },
    benchmarks: [benchmark(run, requests)],
  };
}

function benchmark(
  run: ExportedRun,
  requests: readonly ExportedRequest[],
): Record<string, unknown> {
  const by = (status: Status) => requests.filter((request) => statusOf(request) === status);
  const all = {
    successful: by('successful'),
    errored: by('errored'),
    incomplete: by('incomplete'),
  };
  const atS = (us: number) => run.startedAtS + seconds(us);
  const starts = requests.map(({ record }) => record.sentUs);
  const ends = requests.map(({ record }) => record.endUs);
  const startS = atS(requests.length === 0 ? run.window.fromUs : smallest(starts));
  const endS = atS(requests.length === 0 ? run.window.untilUs : largest(ends));
  const totals = {
    successful: all.successful.length,
    errored: all.errored.length,
    incomplete: all.incomplete.length,
    total: requests.length,
  };
  return {
    type_: 'generative_benchmark',
    config: { run_id: run.runId, strategy: { type_: 'replay' } },
    scheduler_metrics: {
      measure_start_time: atS(run.window.fromUs),
      measure_end_time: atS(run.window.untilUs),
      request_start_time: startS,
      request_end_time: endS,
      requests_made: totals,
      request_targeted_start_delay_avg: distributionOf(requests.map(({ lagS }) => lagS))?.mean ?? 0,
    },
    metrics: { request_totals: totals, ...metrics(all, endS - startS) },
    requests: {
      successful: all.successful.map((request) => requestOf(run, request)),
      errored: all.errored.map((request) => requestOf(run, request)),
      incomplete: all.incomplete.map((request) => requestOf(run, request)),
      total: null,
    },
    start_time: startS,
    end_time: endS,
    duration: endS - startS,
    warmup_duration: seconds(run.window.fromUs),
    cooldown_duration: 0,
  };
}

type ByStatus = Readonly<Record<Status, readonly ExportedRequest[]>>;

function metrics(all: ByStatus, durationS: number): Record<string, unknown> {
  const by = (of: (request: ExportedRequest) => number) => {
    const entries = (['successful', 'errored', 'incomplete'] as const).map((status) => [
      status,
      shown(distributionOf(all[status].map(of))),
    ]);
    const total = Object.values(all).flat().map(of);
    return { ...Object.fromEntries(entries), total: shown(distributionOf(total)) };
  };
  const output = ({ record }: ExportedRequest) => record.outputTokens;
  const rate = (count: number) => ({ successful: shownRate(count, durationS) });
  const tokens = all.successful.reduce((sum, request) => sum + output(request), 0);
  return {
    requests_per_second: rate(all.successful.length),
    output_tokens_per_second: rate(tokens),
    request_latency: by(({ e2eS }) => e2eS),
    prompt_token_count: by(({ record }) => record.inputTokens),
    output_token_count: by(output),
    time_to_first_token_ms: by(({ ttftS }) => ttftS * 1_000),
    time_per_output_token_ms: by((request) => perToken(request) * 1_000),
    inter_token_latency_ms: by(({ tpotS }) => tpotS * 1_000),
  };
}

/** From the start on, so that the time to the first token is a part of it. */
function perToken({ record }: ExportedRequest): number {
  const { lastTokenUs, outputTokens, sentUs } = record;
  return outputTokens > 0 ? seconds(lastTokenUs - sentUs) / outputTokens : Number.NaN;
}

/** A user who went away is nobody's error. */
function statusOf({ isOk, record }: ExportedRequest): Status {
  if (isOk) return 'successful';
  const isOpen = record.outcome === 'cancelled' || record.outcome === 'truncated';
  return isOpen ? 'incomplete' : 'errored';
}

function requestOf(run: ExportedRun, request: ExportedRequest): Record<string, unknown> {
  const { e2eS, record, tpotS, ttftS } = request;
  const atS = (us: number) => (Number.isNaN(us) ? null : run.startedAtS + seconds(us));
  const known = (value: number) => (Number.isNaN(value) ? null : value);
  return {
    type_: 'generative_request_stats',
    request_id: String(record.id),
    input_metrics: { text_tokens: record.inputTokens },
    output_metrics: { text_tokens: record.outputTokens },
    info: {
      request_id: String(record.id),
      conversation_id: record.session === 0 ? null : String(record.session),
      turn_index: record.turn === 0 ? 0 : record.turn - 1,
      status: { successful: 'completed', errored: 'errored', incomplete: 'cancelled' }[
        statusOf(request)
      ],
      timings: {
        targeted_start: atS(record.intendedUs),
        request_start: atS(record.sentUs),
        first_token_iteration: atS(record.firstTokenUs),
        last_token_iteration: atS(record.lastTokenUs),
        request_end: atS(record.endUs),
      },
    },
    request_latency: known(e2eS),
    time_to_first_token_ms: known(ttftS * 1_000),
    inter_token_latency_ms: known(tpotS * 1_000),
  };
}

function shown(values: Distribution | undefined): Record<string, unknown> | null {
  if (values === undefined) return null;
  const { count, mean, quantile, std, sum } = values;
  return {
    ...{ mean, median: quantile(0.5), variance: std ** 2, std_dev: std },
    ...{ min: quantile(0), max: quantile(1), count, total_sum: sum },
    percentiles: Object.fromEntries(
      Object.entries(percentiles).map(([name, q]) => [name, quantile(q)]),
    ),
  };
}

/** Of a rate only the mean is known. */
function shownRate(count: number, durationS: number): { mean: number; count: number } {
  return { mean: durationS > 0 ? count / durationS : 0, count };
}
