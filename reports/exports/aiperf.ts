import { type Distribution, distributionOf } from './distribution.ts';
import {
  type ExportedRequest,
  type ExportedRun,
  exportedRequests,
  goodputOverSpan,
  seconds,
  spanS,
} from './exported-run.ts';

const percentiles = [1, 5, 10, 25, 50, 75, 90, 95, 99];

/**
 * `profile_export_aiperf.json`. Its `inter_token_latency` is our TPOT with the end of the answer in
 * the place of its last token; `effective_latency` counts from the intended time.
 */
export function aiperfExport(run: ExportedRun): Record<string, unknown> {
  const requests = exportedRequests(run);
  const ok = requests.filter(({ isOk }) => isOk);
  const durationS = spanS(requests);
  const goodput = goodputOverSpan(run, durationS);
  const sum = (of: (request: ExportedRequest) => number) =>
    ok.reduce((total, request) => total + of(request), 0);
  const input = ({ record }: ExportedRequest) => record.inputTokens;
  const output = ({ record }: ExportedRequest) => record.outputTokens;
  const over = (total: number) => (durationS > 0 ? total / durationS : 0);
  const single = (unit: string, avg: number) => ({ unit, avg });
  return {
    schema_version: '1.2',
    fairlead_version: run.version,
    benchmark_id: run.runId,
    start_time: isoText(run.startedAtS + seconds(run.window.fromUs)),
    end_time: isoText(run.startedAtS + seconds(run.window.fromUs) + durationS),
    was_cancelled: run.wasCancelled,
    input_config: {
      endpoint: { model_names: [run.model], type: run.api, streaming: true, urls: [run.url] },
    },
    run_info: { benchmark_id: run.runId, random_seed: run.seed, cli_command: run.command },
    error_summary: errorSummary(requests),
    ...tag('time_to_first_token', 'ms', ok, ({ ttftS }) => ttftS * 1_000),
    ...tag('request_latency', 'ms', ok, ({ e2eS }) => e2eS * 1_000),
    ...tag('effective_latency', 'ms', ok, ({ e2eS, lagS }) => (e2eS + lagS) * 1_000),
    ...tag('credit_to_start_latency', 'ms', ok, ({ lagS }) => lagS * 1_000),
    ...tag('inter_token_latency', 'ms', ok, (request) => decodeS(request) * 1_000),
    ...tag('output_token_throughput_per_user', 'tokens/sec/user', ok, (one) => 1 / decodeS(one)),
    ...tag('input_sequence_length', 'tokens', ok, input),
    ...tag('output_sequence_length', 'tokens', ok, output),
    request_throughput: single('requests/sec', over(ok.length)),
    output_token_throughput: single('tokens/sec', over(sum(output))),
    total_token_throughput: single('tokens/sec', over(sum(input) + sum(output))),
    request_count: single('requests', ok.length),
    error_request_count: single('requests', requests.length - ok.length),
    ...(goodput === null ? {} : { goodput: single('requests/sec', goodput) }),
    total_isl: single('tokens', sum(input)),
    total_osl: single('tokens', sum(output)),
    benchmark_duration: single('sec', durationS),
  };
}

/** `profile_export.jsonl`: one line for each request. */
export function aiperfLines(run: ExportedRun): string[] {
  return exportedRequests(run).map((request) => `${JSON.stringify(lineOf(run, request))}\n`);
}

function lineOf(run: ExportedRun, request: ExportedRequest): Record<string, unknown> {
  const { e2eS, isOk, record, ttftS } = request;
  const ns = (us: number) => Math.round(run.startedAtS * 1e6 + us) * 1_000;
  const isCancelled = record.outcome === 'cancelled';
  const value = (unit: string, number: number) => ({ value: number, unit });
  const itlMs = decodeS(request) * 1_000;
  return {
    metadata: {
      session_num: record.id,
      x_request_id: String(record.id),
      // Session 0 is none: those requests have nothing to do with each other.
      ...(record.session === 0 ? {} : { conversation_id: String(record.session) }),
      turn_index: Math.max(0, record.turn - 1),
      credit_issued_ns: ns(record.intendedUs),
      request_start_ns: ns(record.sentUs),
      request_end_ns: ns(record.endUs),
      benchmark_phase: 'profiling',
      was_cancelled: isCancelled,
      ...(isCancelled ? { cancellation_time_ns: ns(record.endUs) } : {}),
    },
    metrics: isOk
      ? {
          time_to_first_token: value('ms', ttftS * 1_000),
          request_latency: value('ms', e2eS * 1_000),
          ...(Number.isNaN(itlMs) ? {} : { inter_token_latency: value('ms', itlMs) }),
          input_sequence_length: value('tokens', record.inputTokens),
          output_sequence_length: value('tokens', record.outputTokens),
        }
      : {},
    error: isOk ? null : { type: record.outcome, message: record.outcome },
  };
}

/** Its inter-token latency, which ends with the answer; NaN for an answer of one token. */
function decodeS({ e2eS, record, ttftS }: ExportedRequest): number {
  return record.outputTokens > 1 ? (e2eS - ttftS) / (record.outputTokens - 1) : Number.NaN;
}

function tag(
  name: string,
  unit: string,
  requests: readonly ExportedRequest[],
  of: (request: ExportedRequest) => number,
): Record<string, unknown> {
  const values = distributionOf(requests.map(of));
  return values === undefined ? {} : { [name]: { unit, ...figures(values) } };
}

function figures({ count, mean, quantile, std }: Distribution): Record<string, number> {
  const entries = percentiles.map((p) => [`p${p}`, quantile(p / 100)] as const);
  return {
    ...{ avg: mean, min: quantile(0), max: quantile(1), std, count },
    ...Object.fromEntries(entries),
  };
}

function errorSummary(requests: readonly ExportedRequest[]): Record<string, unknown>[] {
  const counts = new Map<string, number>();
  for (const { isOk, record } of requests) {
    if (!isOk) counts.set(record.outcome, (counts.get(record.outcome) ?? 0) + 1);
  }
  return [...counts].map(([type, count]) => ({
    error_details: { code: null, type, message: type },
    count,
  }));
}

/** Without a zone, as AIPerf writes it. */
function isoText(secondsSince1970: number): string {
  return new Date(secondsSince1970 * 1_000).toISOString().replace('Z', '');
}
