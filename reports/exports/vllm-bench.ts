import { US_PER_MS } from '../../core/time.ts';
import { type Distribution, distributionOf } from './distribution.ts';
import {
  type ExportedRequest,
  type ExportedRun,
  exportedRequests,
  goodputOverSpan,
  intendedRate,
  peakConcurrency,
  seconds,
  spanS,
} from './exported-run.ts';

const percentiles = [50, 90, 95, 99];

/**
 * The file of `vllm bench serve --save-result --save-detailed`. Its latencies count from the time of
 * sending, and a request that failed has zeros. What we do not keep is left out: the gaps of each
 * request, generated texts, and the most tokens of a second.
 */
export function vllmBenchExport(run: ExportedRun): Record<string, unknown> {
  const requests = exportedRequests(run);
  const ok = requests.filter(({ isOk }) => isOk);
  const durationS = spanS(requests);
  const rate = (count: number) => (durationS > 0 ? count / durationS : 0);
  const inputTokens = sum(ok.map(({ record }) => record.inputTokens));
  const outputTokens = sum(ok.map(({ record }) => record.outputTokens));
  const backend = run.api === 'chat' ? 'openai-chat' : 'openai';
  return {
    date: dateText(run.startedAtS),
    endpoint_type: backend,
    backend,
    label: run.scenario,
    model_id: run.model,
    tokenizer_id: run.model,
    num_prompts: requests.length,
    fairlead_run_id: run.runId,
    fairlead_version: run.version,
    request_rate: intendedRate(requests),
    max_concurrency: null,
    duration: durationS,
    completed: ok.length,
    failed: requests.length - ok.length,
    total_input_tokens: inputTokens,
    total_output_tokens: outputTokens,
    request_throughput: rate(ok.length),
    request_goodput: goodputOverSpan(run, durationS),
    output_throughput: rate(outputTokens),
    total_token_throughput: rate(inputTokens + outputTokens),
    max_concurrent_requests: peakConcurrency(requests),
    ...metric('ttft', distributionOf(ok.map(({ ttftS }) => ttftS * 1_000))),
    ...metric('tpot', distributionOf(ok.map(({ tpotS }) => tpotS * 1_000))),
    ...pooledGaps(run, ok),
    ...metric('e2el', distributionOf(ok.map(({ e2eS }) => e2eS * 1_000))),
    ...metric('client_queue_time', distributionOf(ok.map(({ lagS }) => lagS * 1_000))),
    ...metric(
      'e2el_including_client_queue',
      distributionOf(ok.map(({ e2eS, lagS }) => (lagS + e2eS) * 1_000)),
    ),
    latencies: ok.map(({ e2eS }) => e2eS),
    queue_times: requests.map(({ lagS }) => lagS),
    input_lens: requests.map(({ record }) => record.inputTokens),
    output_lens: requests.map(({ isOk, record }) => (isOk ? record.outputTokens : 0)),
    ttfts: requests.map(({ isOk, ttftS }) => (isOk ? ttftS : 0)),
    start_times: requests.map(({ record }) => seconds(record.sentUs)),
    errors: requests.map(({ isOk, record }) => (isOk ? '' : record.outcome)),
  };
}

function metric(name: string, values: Distribution | undefined): Record<string, number> {
  if (values === undefined) return {};
  const entries = percentiles.map((p) => [`p${p}_${name}_ms`, values.quantile(p / 100)] as const);
  return {
    [`mean_${name}_ms`]: values.mean,
    [`median_${name}_ms`]: values.quantile(0.5),
    [`std_${name}_ms`]: values.std,
    ...Object.fromEntries(entries),
  };
}

/** Gaps were counted and not kept: their mean is known from the records, their spread is not. */
function pooledGaps({ gaps }: ExportedRun, ok: readonly ExportedRequest[]): Record<string, number> {
  const several = ok.filter(({ record }) => record.outputTokens > 1);
  if (gaps.count === 0 || several.length === 0) return {};
  const decodeUs = sum(several.map(({ record }) => record.lastTokenUs - record.firstTokenUs));
  const count = sum(several.map(({ record }) => record.outputTokens - 1));
  const quantileMs = (q: number) => gaps.quantileUs(q)! / US_PER_MS;
  const entries = percentiles.map((p) => [`p${p}_itl_ms`, quantileMs(p / 100)] as const);
  return {
    mean_itl_ms: decodeUs / count / US_PER_MS,
    median_itl_ms: quantileMs(0.5),
    ...Object.fromEntries(entries),
  };
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

/** As strftime's "%Y%m%d-%H%M%S", in UTC. */
function dateText(secondsSince1970: number): string {
  const text = new Date(secondsSince1970 * 1_000).toISOString();
  return text.slice(0, 19).replaceAll(/[-:]/g, '').replace('T', '-');
}
