import { iterationTokenBounds } from '../../sim/replica/engine-counters.ts';
import type { EmulatedReplica } from '../emulated-replica.ts';
import type { WatchedRank } from '../watched-rank.ts';
import { BucketHistogram } from './bucket-histogram.ts';
import type { EngineFigures } from './engine-figures.ts';
import { ExpositionText, type Labels } from './exposition-text.ts';
import type { LagMeter } from './lag-meter.ts';

interface EngineState {
  readonly labels: Labels;
  readonly rank: WatchedRank;
  readonly figures: EngineFigures;
}

/** What `/metrics` of a replica says, as of the last step of each of its engines. */
export function metricsPage(replica: EmulatedReplica, lag: LagMeter): string {
  const page = new ExpositionText();
  const engines = replica.engine.ranks.map((rank, index) => ({
    labels: { model_name: replica.modelName, engine: String(index) },
    rank,
    figures: replica.figures[index]!,
  }));
  writeGauges(page, replica, engines);
  writeCounters(page, engines);
  writeFinished(page, engines);
  writeHistograms(page, engines);
  page.family(
    'fairlead_emulator_lag_seconds',
    'histogram',
    'How much later than the emulated engine had them tokens were written, of all replicas of the process.',
  );
  page.histogram('fairlead_emulator_lag_seconds', {}, lag.histogram);
  return page.toString();
}

function writeGauges(
  page: ExpositionText,
  { config, gpuMemoryUtilization }: EmulatedReplica,
  engines: readonly EngineState[],
): void {
  page.family('vllm:num_requests_running', 'gauge', 'Requests in the batch of the engine.');
  for (const { labels, rank } of engines) {
    page.sample('vllm:num_requests_running', labels, rank.snapshot().running);
  }
  page.family('vllm:num_requests_waiting', 'gauge', 'Requests that wait for the engine.');
  for (const { labels, rank } of engines) {
    page.sample('vllm:num_requests_waiting', labels, rank.snapshot().waiting);
  }
  page.family('vllm:kv_cache_usage_perc', 'gauge', 'Share of the KV blocks in use, from 0 to 1.');
  for (const { labels, rank } of engines) {
    const { kvBlocksUsed } = rank.snapshot();
    page.sample('vllm:kv_cache_usage_perc', labels, kvBlocksUsed / config.usableBlocks);
  }
  page.family('vllm:cache_config_info', 'gauge', 'The configuration of the KV cache.');
  for (const { labels } of engines) {
    const cache = {
      block_size: String(config.blockSize),
      // Block 0 is never used.
      num_gpu_blocks: String(config.usableBlocks + 1),
      gpu_memory_utilization: String(gpuMemoryUtilization),
      enable_prefix_caching: config.enablePrefixCaching ? 'True' : 'False',
    };
    page.sample('vllm:cache_config_info', { engine: labels['engine']!, ...cache }, 1);
  }
}

function writeCounters(page: ExpositionText, engines: readonly EngineState[]): void {
  const counters = [
    ['vllm:prefix_cache_queries_total', 'Tokens looked up in the prefix cache.', 'prefixQueries'],
    ['vllm:prefix_cache_hits_total', 'Of these, tokens that were found.', 'prefixHits'],
    ['vllm:num_preemptions_total', 'Requests that lost their blocks.', 'preemptions'],
    ['vllm:prompt_tokens_total', 'Tokens of prompts.', 'promptTokens'],
    ['vllm:generation_tokens_total', 'Tokens of answers.', 'generationTokens'],
  ] as const;
  for (const [name, help, key] of counters) {
    page.family(name, 'counter', help);
    for (const { labels, rank } of engines) page.sample(name, labels, rank.counters[key]);
  }
}

function writeFinished(page: ExpositionText, engines: readonly EngineState[]): void {
  const name = 'vllm:request_success_total';
  page.family(name, 'counter', 'Requests by how they ended.');
  for (const { labels, rank } of engines) {
    const { finished } = rank.counters;
    for (const reason of ['stop', 'length', 'abort', 'error'] as const) {
      page.sample(name, { ...labels, finished_reason: reason }, finished[reason]);
    }
    page.sample(name, { ...labels, finished_reason: 'repetition' }, 0);
  }
}

function writeHistograms(page: ExpositionText, engines: readonly EngineState[]): void {
  for (const [name, help, key] of histograms) {
    page.family(`vllm:${name}`, 'histogram', help);
    for (const { figures, labels } of engines) page.histogram(`vllm:${name}`, labels, figures[key]);
  }
  const name = 'vllm:iteration_tokens_total';
  page.family(name, 'histogram', 'Tokens of a step: of prompts it completed, and of answers.');
  for (const { labels, rank } of engines) {
    const { buckets, sum } = rank.counters.iterationTokens;
    const histogram = new BucketHistogram(iterationTokenBounds);
    histogram.counts.set(buckets);
    histogram.sum = sum;
    page.histogram(name, labels, histogram);
  }
}

type HistogramKey = {
  [Key in keyof EngineFigures]: EngineFigures[Key] extends BucketHistogram ? Key : never;
}[keyof EngineFigures];

const histograms: readonly (readonly [name: string, help: string, key: HistogramKey])[] = [
  ['time_to_first_token_seconds', 'From the arrival to the first token.', 'firstToken'],
  ['inter_token_latency_seconds', 'From a token to the next.', 'gap'],
  ['time_per_output_token_seconds', 'The same under its old name.', 'gap'],
  ['request_time_per_output_token_seconds', 'Mean gap of a request.', 'meanGap'],
  ['e2e_request_latency_seconds', 'From the arrival to the end.', 'endToEnd'],
  ['request_queue_time_seconds', 'From the queue of the engine to its batch.', 'queue'],
  ['request_inference_time_seconds', 'From the first schedule to the last token.', 'inference'],
  ['request_prefill_time_seconds', 'From the first schedule to the first token.', 'prefill'],
  ['request_decode_time_seconds', 'From the first token to the last.', 'decode'],
  ['request_prompt_tokens', 'Tokens of the prompt.', 'promptTokens'],
  ['request_generation_tokens', 'Tokens of the answer.', 'generationTokens'],
  ['request_max_num_generation_tokens', 'Tokens of the longest choice.', 'maxGenerationTokens'],
  ['request_params_max_tokens', 'max_tokens, of requests that have it.', 'maxTokens'],
  ['request_params_n', 'Choices of a request.', 'choices'],
  ['request_prefill_kv_computed_tokens', 'Prompt tokens that were not cached.', 'computedTokens'],
];
