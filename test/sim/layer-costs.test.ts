import { describe, expect, test } from 'vitest';
import { gpus } from '../../sim/catalog/gpus/registry.ts';
import type { Model, WeightFormat } from '../../sim/catalog/model.ts';
import { countParameters } from '../../sim/catalog/parameters.ts';
import { weightBytes } from '../../sim/catalog/weight-bytes.ts';
import { efficiencies } from '../../sim/step-time/efficiencies.ts';
import { expertsTouched, layerCosts } from '../../sim/step-time/layer-costs.ts';
import { rooflineStepTime } from '../../sim/step-time/roofline.ts';
import type { StepShape } from '../../sim/step-time/step-time.ts';

/** PCIe 5 without a direct path, as LLMServingSim assumes for two RTX PRO 6000. */
const pcieThroughHost = { effectiveGBps: 16, allReduceMs: 0.02 };

const llama: Model = {
  name: 'Llama-3.1-8B',
  layers: 32,
  hiddenSize: 4_096,
  heads: 32,
  kvHeads: 8,
  headDim: 128,
  intermediateSize: 14_336,
  vocabSize: 128_256,
  maxPositionEmbeddings: 131_072,
  parameters: 8.03e9,
  weightFormat: 'bf16',
  source: 'a copy, so that the catalogue may change',
};

const mixtral: Model = {
  ...llama,
  name: 'Mixtral-8x7B',
  vocabSize: 32_000,
  parameters: 46.7e9,
  moe: { experts: 8, topK: 2, intermediateSize: 14_336, sharedExperts: 0, denseLayers: 0 },
};

const qwenMoe: Model = {
  ...llama,
  name: 'Qwen3-30B-A3B',
  layers: 48,
  hiddenSize: 2_048,
  kvHeads: 4,
  intermediateSize: 6_144,
  vocabSize: 151_936,
  parameters: 30.5e9,
  moe: { experts: 128, topK: 8, intermediateSize: 768, sharedExperts: 0, denseLayers: 0 },
};

const gptOss: Model = {
  ...llama,
  name: 'gpt-oss-20b',
  layers: 24,
  hiddenSize: 2_880,
  heads: 64,
  headDim: 64,
  intermediateSize: 2_880,
  vocabSize: 201_088,
  parameters: 20.9e9,
  moe: { experts: 32, topK: 4, intermediateSize: 2_880, sharedExperts: 0, denseLayers: 0 },
  slidingWindow: { tokens: 128, layers: 12 },
};

const deepSeek: Model = {
  ...llama,
  name: 'DeepSeek-V3',
  layers: 61,
  hiddenSize: 7_168,
  heads: 128,
  kvHeads: 128,
  intermediateSize: 18_432,
  vocabSize: 129_280,
  parameters: 671e9,
  moe: { experts: 256, topK: 8, intermediateSize: 2_048, sharedExperts: 1, denseLayers: 3 },
  mla: { kvLoraRank: 512, qLoraRank: 1_536, ropeHeadDim: 64, valueHeadDim: 128 },
};

/** Its queries are not compressed. */
const deepSeekLite: Model = {
  ...llama,
  name: 'DeepSeek-V2-Lite',
  layers: 27,
  hiddenSize: 2_048,
  heads: 16,
  kvHeads: 16,
  intermediateSize: 10_944,
  vocabSize: 102_400,
  parameters: 15.7e9,
  moe: { experts: 64, topK: 6, intermediateSize: 1_408, sharedExperts: 2, denseLayers: 1 },
  mla: { kvLoraRank: 512, qLoraRank: 0, ropeHeadDim: 64, valueHeadDim: 128 },
};

const bloom: Model = {
  ...llama,
  name: 'BLOOM-176B',
  layers: 70,
  hiddenSize: 14_336,
  heads: 112,
  kvHeads: 112,
  intermediateSize: 57_344,
  vocabSize: 250_880,
  parameters: 176.2e9,
  gatedMlp: false,
};

function costs(model: Model, tensorParallelSize = 1, weights: WeightFormat = 'bf16') {
  return layerCosts({ model, tensorParallelSize, weights, kvCache: 'bf16' });
}

describe('the weights of the layers', () => {
  // Embedding and head are tied in BLOOM and apart in the others.
  test.each([
    [llama, 2, 8.03e9, 8.03e9],
    [mixtral, 2, 46.7e9, 12.9e9],
    [qwenMoe, 2, 30.5e9, 3.3e9],
    [gptOss, 2, 20.9e9, 3.6e9],
    [deepSeek, 2, 671e9, 37e9],
    [deepSeekLite, 2, 15.7e9, 2.4e9],
    [bloom, 1, 176.2e9, 176.2e9],
  ])('$name: all of them and those of one token', (model, tables, total, active) => {
    const { denseWeightBytes, expertWeightBytes, parametersPerToken } = costs(model);
    const embeddings = tables * model.vocabSize * model.hiddenSize;
    const weights = (denseWeightBytes + expertWeightBytes) / 2 + embeddings;
    expect(weights / total).toBeCloseTo(1, 1);
    expect(Math.abs(weights / total - 1)).toBeLessThan(0.02);
    // The memory of an engine is planned by the count of the catalogue.
    const counted = countParameters(model);
    expect(parametersPerToken).toBe(counted.active - counted.embeddings);
    expect((denseWeightBytes + expertWeightBytes) / 2).toBe(counted.total - counted.embeddings);
    // Published counts of active parameters take one or two of the tables along.
    expect(parametersPerToken).toBeLessThan(active);
    expect(parametersPerToken + embeddings).toBeGreaterThan(0.97 * active);
  });

  test('take as many bytes as their type has', () => {
    const bf16 = costs(gptOss);
    expect(costs(gptOss, 1, 'fp8').expertWeightBytes).toBe(bf16.expertWeightBytes / 2);
    expect(costs(gptOss, 1, 'mxfp4').expertWeightBytes / bf16.expertWeightBytes).toBeCloseTo(
      4.25 / 16,
      9,
    );
    expect(costs(gptOss, 1, 'mxfp4').denseWeightBytes).toBe(bf16.denseWeightBytes);
    // A scale of 16 bits and a zero point of 4 for each group of 128.
    expect(costs(llama, 1, 'int4').denseWeightBytes / costs(llama).denseWeightBytes).toBeCloseTo(
      (4 + 20 / 128) / 16,
      9,
    );
    // Loaded and read, a weight is the same.
    for (const format of ['bf16', 'fp8', 'int4'] as const) {
      const read =
        costs(llama, 1, format).denseWeightBytes - costs(llama, 1, 'bf16').denseWeightBytes;
      const loaded = weightBytes(llama, format) - weightBytes(llama, 'bf16');
      expect(read - loaded).toBeCloseTo(0, -1);
    }
  });
});

test('the experts a step touches are those of one token, then soon all of them', () => {
  expect(expertsTouched(mixtral, 1)).toBeCloseTo(2 / 8, 12);
  expect(expertsTouched(mixtral, 2)).toBeCloseTo(1 - 0.75 ** 2, 12);
  expect(expertsTouched(qwenMoe, 32) * 128).toBeCloseTo(128 * (1 - (120 / 128) ** 32), 9);
  expect(expertsTouched(qwenMoe, 256)).toBeGreaterThan(0.99);
  expect(expertsTouched(llama, 10)).toBe(0);
});

describe('the cache of a token', () => {
  test('is split over the GPUs as far as there are heads', () => {
    expect(costs(llama).kvBytesPerToken).toBe(131_072);
    expect(costs(llama, 8).kvBytesPerToken).toBe(131_072 / 8);
    expect(costs(qwenMoe, 8).kvBytesPerToken).toBe(98_304 / 4);
  });

  test('is half as large in 8 bits', () => {
    const options = { model: llama, tensorParallelSize: 1, weights: 'bf16' } as const;
    expect(layerCosts({ ...options, kvCache: 'fp8' }).kvBytesPerToken).toBe(65_536);
  });

  test('is one vector for all heads with MLA, on every GPU', () => {
    expect(costs(deepSeek).kvBytesPerToken).toBe(70_272);
    expect(costs(deepSeek, 8).kvBytesPerToken).toBe(70_272);
  });

  test('is compared with each token of a prompt in keys and values, which may differ in MLA', () => {
    expect(costs(llama).pairFlops).toBe(4 * 32 * 128);
    const narrow = { ...deepSeek, mla: { ...deepSeek.mla!, valueHeadDim: 96 } };
    expect(costs(deepSeek).pairFlops).toBe(2 * 128 * (128 + 64 + 128));
    expect(costs(narrow).pairFlops).toBe(2 * 128 * (128 + 64 + 96));
  });

  test('grows only in the layers without a window', () => {
    expect(costs(gptOss).kvBytesPerToken).toBe(24_576);
    expect(costs(gptOss).windowBytesPerToken).toBe(24_576);
  });
});

describe('a step', () => {
  const h100 = gpus.find(({ name }) => name === 'H100-SXM')!;
  const stepTime = (model: Model, options: Partial<Parameters<typeof rooflineStepTime>[0]> = {}) =>
    rooflineStepTime({
      gpu: h100,
      model,
      tensorParallelSize: 1,
      efficiency: efficiencies.shared,
      sharedAttentionKernel: false,
      host: { stepMs: 0, sequenceMs: 0 },
      ...options,
    });
  const decode = (B: number, context: number): StepShape => ({
    prefillTokens: 0,
    prefillAttention: 0,
    prefillHistory: 0,
    decodeSeqs: B,
    decodeContext: B * context,
    sequences: B,
  });

  test('of a mixture of experts loses its advantage with the batch', () => {
    const dense: Model = { ...llama, intermediateSize: 2 * 14_336 };
    const ratio = (B: number) =>
      stepTime(mixtral).stepUs(decode(B, 100)) / stepTime(dense).stepUs(decode(B, 100));
    expect(ratio(1)).toBeLessThan(1.25);
    expect(ratio(64)).toBeGreaterThan(2.5);
  });

  test('is shorter with smaller weights, and with a smaller cache', () => {
    const us = (options: Partial<Parameters<typeof rooflineStepTime>[0]>) =>
      stepTime(llama, options).stepUs(decode(32, 4_096));
    expect(us({ weights: 'fp8' })).toBeLessThan(0.85 * us({}));
    expect(us({ weights: 'int4' })).toBeLessThan(us({ weights: 'fp8' }));
    expect(us({ kvCache: 'fp8' })).toBeLessThan(0.85 * us({}));
  });

  test('pays two all-reduces per layer, by the link it is told of', () => {
    const prompt = { ...decode(0, 0), prefillTokens: 1_024, sequences: 1 };
    const us = (options: Partial<Parameters<typeof rooflineStepTime>[0]>) =>
      stepTime(llama, { tensorParallelSize: 2, ...options }).stepUs(prompt);
    const link = { effectiveGBps: 1e9, allReduceMs: 0 };
    const communicationUs = us({ interconnect: pcieThroughHost }) - us({ interconnect: link });
    // LLMServingSim: 2 L * (20 us + m * d * 2 bytes / 16 GB/s).
    const expectedUs = 2 * 32 * (20 + (1_024 * 4_096 * 2) / 16e3);
    expect(communicationUs / expectedUs).toBeCloseTo(1, 6);
    expect(us({ interconnect: pcieThroughHost })).toBeGreaterThan(us({}));
  });

  test('pays more for the cache where one kernel serves prompts and decodes', () => {
    const mixed = { ...decode(32, 4_096), prefillTokens: 64, sequences: 33 };
    const apart = stepTime(llama);
    const together = stepTime(llama, { sharedAttentionKernel: true });
    expect(together.stepUs(mixed)).toBeGreaterThan(apart.stepUs(mixed));
    expect(together.stepUs(decode(32, 4_096))).toBe(apart.stepUs(decode(32, 4_096)));
  });
});
