import { describe, expect, test } from 'vitest';
import { findModel } from '../../../sim/catalog/lookup.ts';
import { kvBytesPerToken, type Model } from '../../../sim/catalog/model.ts';
import { models } from '../../../sim/catalog/models/registry.ts';
import { countParameters } from '../../../sim/catalog/parameters.ts';
import { weightBytes } from '../../../sim/catalog/weight-bytes.ts';

const all: readonly (readonly [string, Model])[] = models.map((model) => [model.name, model]);

test('there are models of every kind, each under one name', () => {
  expect(models.length).toBeGreaterThanOrEqual(16);
  expect(new Set(models.map(({ name }) => name.toLowerCase())).size).toBe(models.length);
  expect(models.filter(({ moe }) => moe !== undefined).length).toBeGreaterThanOrEqual(4);
  expect(models.filter(({ mla }) => mla !== undefined).length).toBeGreaterThanOrEqual(1);
  expect(models.filter((model) => model.slidingWindow !== undefined).length).toBeGreaterThan(1);
});

describe.each(all)('%s', (_name, model) => {
  test('has as many parameters as its configuration makes', () => {
    // Published counts include norms, biases and sinks.
    expect(countParameters(model).total / model.parameters).toBeCloseTo(1, 2);
    expect(countParameters(model).total).toBeLessThanOrEqual(model.parameters);
  });

  test('has whole groups of heads, and windows on some of its layers at most', () => {
    expect(model.heads % model.kvHeads).toBe(0);
    expect(model.slidingWindow?.layers ?? 0).toBeLessThanOrEqual(model.layers);
    expect(model.moe?.topK ?? 1).toBeLessThanOrEqual(model.moe?.experts ?? 1);
  });

  test('takes less memory in fewer bits', () => {
    const [bf16, fp8, int4] = (['bf16', 'fp8', 'int4'] as const).map((format) =>
      weightBytes(model, format),
    );
    expect(bf16! / (2 * model.parameters)).toBeCloseTo(1, 3);
    expect(fp8!).toBeLessThan(bf16!);
    expect(fp8!).toBeGreaterThanOrEqual(model.parameters);
    expect(int4!).toBeLessThan(fp8!);
  });
});

// Published figures, in bytes for a token of the whole model in 16 bits.
test.each([
  ['Llama-3.1-8B', 131_072],
  ['Llama-3.1-70B', 327_680],
  ['Llama-2-7B', 524_288],
  ['Qwen2.5-7B', 57_344],
  ['Qwen2.5-32B', 262_144],
  ['Qwen2.5-72B', 327_680],
  ['Qwen3-8B', 147_456],
  ['Qwen3-32B', 262_144],
  ['Qwen3-30B-A3B', 98_304],
  ['Mistral-7B-v0.3', 131_072],
  ['Mistral-Small-24B', 163_840],
  ['Mixtral-8x7B', 131_072],
  ['gpt-oss-20b', 49_152],
  ['gpt-oss-120b', 73_728],
  ['DeepSeek-V3', 70_272],
])('a token of %s takes %i bytes of KV cache', (name, bytes) => {
  expect(kvBytesPerToken(findModel(name), 1)).toBe(bytes);
  expect(kvBytesPerToken(findModel(name), 1, 1)).toBe(bytes / 2);
});

test('heads are split over GPUs until there is one each; a latent vector never is', () => {
  const bytes = (name: string, tp: number) => kvBytesPerToken(findModel(name), tp);
  expect(bytes('Llama-3.1-70B', 4)).toBe(81_920);
  expect(bytes('Qwen2.5-7B', 8)).toBe(bytes('Qwen2.5-7B', 4));
  expect(bytes('DeepSeek-V3', 8)).toBe(70_272);
});

// Parameters that a token goes through, in billions, as the publishers give them.
test.each([
  ['Mixtral-8x7B', 12.9],
  ['Qwen3-30B-A3B', 3.3],
  ['Qwen3-235B-A22B', 22],
  ['gpt-oss-20b', 3.6],
  ['gpt-oss-120b', 5.1],
  ['DeepSeek-V3', 37],
])('%s computes with about %d billion parameters', (name, billions) => {
  const model = findModel(name);
  // OpenAI counts the output head but not the input embedding.
  const uncounted = name.startsWith('gpt-oss') ? model.vocabSize * model.hiddenSize : 0;
  expect((countParameters(model).active - uncounted) / 1e9 / billions).toBeCloseTo(1, 1);
});

// GB on the GPUs: of gpt-oss, Qwen3-32B and the fp8 70B as vLLM 0.11 logs it on an H100.
test.each([
  ['Llama-3.1-8B', 'bf16', 16.06],
  ['Llama-3.1-70B', 'bf16', 141.1],
  ['Llama-3.1-70B', 'fp8', 72.75],
  ['Qwen3-32B', 'bf16', 65.5],
  ['gpt-oss-20b', 'mxfp4', 14.46],
  ['gpt-oss-120b', 'mxfp4', 69.13],
  ['DeepSeek-V3', 'fp8', 673],
] as const)('%s in %s weighs about %d GB', (name, format, gigabytes) => {
  expect(weightBytes(findModel(name), format) / 1e9 / gigabytes).toBeCloseTo(1, 2);
  const own = findModel(name).weightFormat;
  if (own === format) expect(weightBytes(findModel(name))).toBe(weightBytes(findModel(name), own));
});

test('an unknown name is answered with the nearest one', () => {
  expect(() => findModel('Lama-3.1-8B')).toThrow('Did you mean "Llama-3.1-8B"?');
});
