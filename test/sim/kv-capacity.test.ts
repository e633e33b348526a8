import fc from 'fast-check';
import { expect, test } from 'vitest';
import { gpus } from '../../sim/catalog/gpus/registry.ts';
import { findGpu, findModel } from '../../sim/catalog/lookup.ts';
import { models } from '../../sim/catalog/models/registry.ts';
import { type MemoryUse, memoryPlan, sequenceCost } from '../../sim/replica/kv-capacity.ts';
import { vllmProfiles } from '../../sim/replica/vllm-profiles.ts';

function planOf(model: string, gpu: string, tp = 1, use: Partial<MemoryUse> = {}) {
  const isLarge = /H100|H200/.test(gpu);
  return memoryPlan({
    gpu: findGpu(gpu),
    model: findModel(model),
    tensorParallelSize: tp,
    maxNumBatchedTokens: isLarge ? 8192 : 2048,
    maxNumSeqs: isLarge ? 1024 : 256,
    maxModelLen: 8192,
    profile: vllmProfiles['vllm-0.19'],
    ...use,
  });
}

// Estimates of the tokens that fit, which real engines confirm to about 5 %.
test.each([
  ['Llama-3.1-8B', 'L4', 1, 34_000],
  ['Llama-3.1-8B', 'A10G', 1, 34_000],
  ['Llama-3.1-8B', 'RTX-4090', 1, 42_000],
  ['Llama-3.1-8B', 'A100-40GB-SXM', 1, 160_000],
  ['Llama-3.1-8B', 'L40S', 1, 200_000],
  ['Llama-3.1-8B', 'A100-80GB-SXM', 1, 450_000],
  ['Llama-3.1-8B', 'H100-SXM', 1, 440_000],
  ['Llama-3.1-8B', 'H200-SXM', 1, 880_000],
  ['Llama-3.1-70B', 'H100-SXM', 4, 470_000],
  ['Llama-3.1-70B', 'H200-SXM', 2, 370_000],
  ['Llama-3.1-70B', 'A100-40GB-SXM', 8, 450_000],
])('%s on %s × %i has a KV cache of about %i tokens', (model, gpu, tp, tokens) => {
  expect(Math.abs(planOf(model, gpu, tp).kvTokens / tokens - 1)).toBeLessThan(0.06);
});

// What vLLM 0.11 logged on an H100 of 79.18 GiB, in GiB a GPU: github.com/llm-d (Apache-2.0). The
// parts of the 120B only add up with a share of 0.95.
test.each([
  { model: 'gpt-oss-20b', tp: 1, gib: 50.28 },
  { model: 'gpt-oss-120b', tp: 1, gib: 3.33, gpuMemoryUtilization: 0.95 },
  { model: 'Llama-3.1-70B', tp: 2, gib: 32.0, weightFormat: 'fp8' as const },
  { model: 'Llama-3.1-8B', tp: 1, gib: 51.38 },
  { model: 'Qwen3-0.6B', tp: 1, gib: 64.45 },
  { model: 'Qwen3-32B', tp: 1, gib: 4.45 },
  { model: 'Qwen3-32B', tp: 2, gib: 34.49 },
])('$model on $tp × H100 leaves $gib GiB for the KV cache', ({ model, tp, gib, ...use }) => {
  const plan = planOf(model, 'H100-SXM', tp, { ...use, profile: vllmProfiles['vllm-0.15'] });
  // 1 % of the card: where little is left, that is much of it.
  expect(Math.abs(plan.kvCacheBytes / 2 ** 30 - gib)).toBeLessThan(0.8);
});

test('newer versions take CUDA graphs out of the share, and a larger share by default', () => {
  const [older, newer] = (['vllm-0.19', 'vllm-0.30'] as const).map((name) =>
    planOf('Llama-3.1-8B', 'A100-80GB-SXM', 1, { profile: vllmProfiles[name] }),
  );
  expect(newer!.overheadBytes - older!.overheadBytes).toBeCloseTo(0.64e9, -6);
  expect(newer!.allowedBytes / older!.allowedBytes).toBeCloseTo(0.92 / 0.9, 6);
  const given = { profile: vllmProfiles['vllm-0.30'], gpuMemoryUtilization: 0.9 };
  const same = planOf('Llama-3.1-8B', 'A100-80GB-SXM', 1, given);
  expect(same.allowedBytes).toBe(older!.allowedBytes);
});

test('an fp8 cache holds twice the tokens', () => {
  const [bf16, fp8] = (['auto', 'fp8'] as const).map(
    (kvCacheDtype) => planOf('Qwen3-32B', 'H200-SXM', 1, { kvCacheDtype }).kvTokens,
  );
  expect(fp8! / bf16!).toBeCloseTo(2, 4);
});

test('layers with a window count only until it is full', () => {
  const at = (maxModelLen: number) => planOf('gpt-oss-20b', 'H100-SXM', 1, { maxModelLen });
  expect(at(128).kvBytesPerToken).toBe(49_152);
  for (const maxModelLen of [2_048, 8_192, 131_072]) {
    expect(at(maxModelLen).kvBytesPerToken).toBe(24_576 * (1 + 128 / 2_048));
  }
  // One sequence alone pays for its windows once.
  const { kvCacheBytes, longestTokens } = at(8_192);
  expect(longestTokens).toBe(Math.floor((kvCacheBytes - 128 * 24_576) / 24_576));
});

// Two pools of blocks, as vLLM has them, would hold so many tokens of sequences of 1,400.
test.each([
  ['Gemma-3-27B', 'A100-80GB-SXM', 1.35],
  ['Gemma-3-12B', 'L40S', 1.35],
  ['Gemma-2-9B', 'L40S', 1.001],
  ['gpt-oss-20b', 'A100-80GB-SXM', 1.04],
])('%s on %s has at most %d times the cache that chats really find', (model, gpu, most) => {
  const { kvCacheBytes, kvTokens } = planOf(model, gpu);
  const cost = sequenceCost({ model: findModel(model), tensorParallelSize: 1 });
  const really = kvCacheBytes / (cost.bytesOf(1_400) / 1_400);
  expect(kvTokens / really).toBeGreaterThan(0.99);
  expect(kvTokens / really).toBeLessThan(most);
});

test('a latent cache is as large on each of eight GPUs as on one', () => {
  const [one, eight] = [1, 8].map((tp) => planOf('DeepSeek-V3', 'H200-SXM', tp));
  expect(one!.kvBytesPerToken).toBe(70_272);
  expect(eight!.kvBytesPerToken).toBe(70_272);
  expect(eight!.kvTokens).toBeGreaterThan(300_000);
});

test('a plan adds up, and more of anything but memory never leaves more tokens', () => {
  const anyUse = fc.record({
    gpu: fc.constantFrom(...gpus),
    model: fc.constantFrom(...models),
    tensorParallelSize: fc.constantFrom(1, 2, 4, 8),
    maxNumBatchedTokens: fc.integer({ min: 256, max: 16_384 }),
    maxNumSeqs: fc.integer({ min: 1, max: 1_024 }),
    maxModelLen: fc.integer({ min: 1, max: 131_072 }),
    profile: fc.constantFrom(...Object.values(vllmProfiles)),
  });
  const property = fc.property(anyUse, fc.integer({ min: 1, max: 1_000 }), (use, more) => {
    const plan = memoryPlan(use);
    const parts = plan.weightBytes + plan.overheadBytes + plan.kvCacheBytes;
    expect(parts / plan.allowedBytes).toBeCloseTo(1, 9);
    const { maxNumSeqs, maxNumBatchedTokens } = use;
    for (const larger of [
      { maxNumSeqs: maxNumSeqs + more },
      { maxNumBatchedTokens: maxNumBatchedTokens + more },
    ]) {
      expect(memoryPlan({ ...use, ...larger }).kvTokens).toBeLessThanOrEqual(plan.kvTokens);
    }
    const fits = plan.kvTokens >= use.maxModelLen;
    // Behind its windows a single sequence is cheaper than the price of a token says.
    if (fits || use.model.slidingWindow === undefined) {
      expect(plan.longestTokens >= use.maxModelLen).toBe(fits);
    }
  });
  fc.assert(property, { seed: 1, numRuns: 500 });
});
