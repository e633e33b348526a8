import { spawnSync } from 'node:child_process';
import { afterEach, expect, test } from 'vitest';
import { exposition } from '../support/exposition.ts';
import { testWith } from '../support/programs.ts';
import { type Emulation, emulate, post } from './support/emulation.ts';

// The names, kinds, labels and buckets of vLLM V1, and that they count what was asked for.

let emulation: Emulation | undefined;

afterEach(async () => {
  await emulation?.stop();
  emulation = undefined;
});

async function pageOf({ address }: Emulation): Promise<string> {
  return (await fetch(address('/metrics'))).text();
}

const prompt = Array.from({ length: 40 }, (_, id) => id);

/** Three answers of known length, of which two share a prompt, one after the other. */
async function playThree(running: Emulation): Promise<void> {
  for (const [own, most] of [prompt, prompt, [1, 2, 3]].map((ids, i) => [ids, 10 + i] as const)) {
    const body = { prompt: own, max_tokens: most, ignore_eos: true, stream: most === 11 };
    await (await post(running.address('/v1/completions'), body)).text();
  }
}

test('counts tokens, hits of the cache and requests', async () => {
  emulation = await emulate();
  await playThree(emulation);
  const { sum } = exposition(await pageOf(emulation));
  expect(sum('vllm:prompt_tokens_total')).toBe(83);
  expect(sum('vllm:generation_tokens_total')).toBe(10 + 11 + 12);
  expect(sum('vllm:prefix_cache_queries_total')).toBe(83);
  // Two whole blocks of 16 of the prompt that came twice.
  expect(sum('vllm:prefix_cache_hits_total')).toBe(32);
  expect(sum('vllm:request_success_total', 'finished_reason="length"')).toBe(3);
  expect(sum('vllm:num_requests_running') + sum('vllm:num_requests_waiting')).toBe(0);
  expect(sum('vllm:num_preemptions_total')).toBe(0);
  expect(sum('vllm:kv_cache_usage_perc')).toBe(0);
});

test('an answer of a single token counts with a mean gap of 0, as by vLLM', async () => {
  emulation = await emulate();
  const body = { prompt, max_tokens: 1, ignore_eos: true };
  await (await post(emulation.address('/v1/completions'), body)).text();
  const { sum } = exposition(await pageOf(emulation));
  expect(sum('vllm:request_time_per_output_token_seconds_count')).toBe(1);
  expect(sum('vllm:request_time_per_output_token_seconds_sum')).toBe(0);
  expect(sum('vllm:inter_token_latency_seconds_count')).toBe(0);
});

test('its histograms hold each request and each gap once', async () => {
  emulation = await emulate();
  await playThree(emulation);
  const { sum } = exposition(await pageOf(emulation));
  const perRequest = [
    ...['time_to_first_token_seconds', 'e2e_request_latency_seconds', 'request_params_n'],
    ...['request_queue_time_seconds', 'request_prefill_time_seconds', 'request_prompt_tokens'],
    ...['request_decode_time_seconds', 'request_inference_time_seconds'],
    ...['request_generation_tokens', 'request_params_max_tokens'],
    ...['request_time_per_output_token_seconds', 'request_prefill_kv_computed_tokens'],
  ];
  for (const name of perRequest) expect(sum(`vllm:${name}_count`), name).toBe(3);
  expect(sum('vllm:request_prompt_tokens_sum')).toBe(83);
  expect(sum('vllm:request_generation_tokens_sum')).toBe(33);
  expect(sum('vllm:request_prefill_kv_computed_tokens_sum')).toBe(83 - 32);
  for (const name of ['inter_token_latency_seconds', 'time_per_output_token_seconds']) {
    expect(sum(`vllm:${name}_count`)).toBe(33 - 3);
    expect(sum(`vllm:${name}_sum`)).toBeCloseTo((33 - 3) * 0.002, 9);
  }
  // Every answer has a step of its own for each of its tokens, and one of them its prompt as well.
  expect(sum('vllm:iteration_tokens_total_count')).toBe(33);
  expect(sum('vllm:iteration_tokens_total_sum')).toBe(33 + 83 - 32);
  expect(sum('fairlead_emulator_lag_seconds_count')).toBe(11);
});

test('has the buckets and the labels of vLLM', async () => {
  emulation = await emulate({ engine: { dataParallelSize: 2 } });
  const page = await pageOf(emulation);
  const boundsOf = (name: string) =>
    [...page.matchAll(new RegExp(`^vllm:${name}_bucket\\{.*engine="0".*le="([^"]+)"`, 'gm'))]
      .map(([, bound]) => bound)
      .join(' ');
  expect(boundsOf('time_to_first_token_seconds')).toBe(
    '0.001 0.005 0.01 0.02 0.04 0.06 0.08 0.1 0.25 0.5 0.75 1.0 2.5 5.0 7.5 10.0 20.0 40.0 80.0 160.0 640.0 2560.0 +Inf',
  );
  expect(boundsOf('inter_token_latency_seconds')).toBe(
    '0.01 0.025 0.05 0.075 0.1 0.15 0.2 0.3 0.4 0.5 0.75 1.0 2.5 5.0 7.5 10.0 20.0 40.0 80.0 +Inf',
  );
  expect(boundsOf('e2e_request_latency_seconds')).toBe(
    '0.3 0.5 0.8 1.0 1.5 2.0 2.5 5.0 10.0 15.0 20.0 30.0 40.0 50.0 60.0 120.0 240.0 480.0 960.0 1920.0 7680.0 +Inf',
  );
  expect(boundsOf('iteration_tokens_total')).toBe(
    '1.0 8.0 16.0 32.0 64.0 128.0 256.0 512.0 1024.0 2048.0 4096.0 8192.0 16384.0 +Inf',
  );
  expect(boundsOf('request_prompt_tokens')).toBe(
    '1.0 2.0 5.0 10.0 20.0 50.0 100.0 200.0 500.0 1000.0 2000.0 +Inf',
  );
  const { kinds, labelNames, labels } = exposition(page);
  expect(labels('engine')).toEqual(['0', '1']);
  for (const [family, kind] of kinds) {
    if (!family.startsWith('vllm:') || family === 'vllm:cache_config_info') continue;
    const own = family === 'vllm:request_success_total' ? ['finished_reason'] : [];
    const le = kind === 'histogram' ? ['le'] : [];
    expect(labelNames(family), family).toEqual(['engine', 'model_name', ...own, ...le].sort());
  }
});

testWith('promtool')('is what Prometheus can read', async () => {
  emulation = await emulate();
  await playThree(emulation);
  const input = await pageOf(emulation);
  const { stderr, stdout } = spawnSync('promtool', ['check', 'metrics'], {
    input,
    encoding: 'utf8',
  });
  // It finds fault with names that are vLLM's, and with nothing else.
  const complaints = `${stdout}${stderr}`.trim().split('\n');
  const known = /should not contain ':'|iteration_tokens_total non-counter/;
  expect(complaints.filter((complaint) => !known.test(complaint))).toEqual([]);
});
