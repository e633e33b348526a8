import { describe, expect, test } from 'vitest';
import { findGpu, findModel } from '../../sim/catalog/lookup.ts';
import {
  type DataSheetOptions,
  dataSheetTimes,
  type StepParts,
} from '../../sim/step-time/roofline-parts.ts';
import { emptyShape } from '../../sim/step-time/step-time.ts';

// One step of each kind of model, with every part written out from the two data sheets: 8 sequences
// that decode at 1,000 tokens, and a prompt of 100 tokens.

const decodeSeqs = 8;
const promptTokens = 100;
const tokens = decodeSeqs + promptTokens;
const decodeContext = decodeSeqs * 1_000;
const sequences = decodeSeqs + 1;
const pairs = promptTokens ** 2 / 2;

type Setting = Partial<Omit<DataSheetOptions, 'gpu' | 'model'>> & {
  readonly gpu: string;
  readonly model: string;
};

function partsOf({ gpu, model, ...options }: Setting): StepParts {
  const hardware = { gpu: findGpu(gpu), model: findModel(model), tensorParallelSize: 1 };
  const times = dataSheetTimes({ ...hardware, ...options });
  const parts = times.emptyParts();
  const prompt = { prefillTokens: promptTokens, prefillAttention: pairs };
  times.fill(parts, { ...emptyShape(), ...prompt, decodeSeqs, decodeContext, sequences });
  return parts;
}

/** In bytes and operations, on one GPU. */
interface Expected {
  readonly weightBytes: number;
  readonly flops: number;
  readonly kvBytes: number;
  readonly attentionFlops: number;
  readonly elementBytes: number;
  readonly linkBytes?: number;
  readonly routingMs?: number;
}

// Layers 32, width 4,096, 32 heads and 8 for keys and values of 128, MLP 14,336.
const llamaLayer = 4_096 * 48 * 128 + 4_096 * 4_096 + 3 * 4_096 * 14_336;
const llama: Expected = {
  weightBytes: 2 * 32 * llamaLayer,
  flops: 2 * 32 * llamaLayer * tokens,
  kvBytes: 32 * 2 * 8 * 128 * 2 * decodeContext,
  attentionFlops: 32 * 4 * 32 * 128 * pairs,
  elementBytes: 32 * (8 * 4_096 + 6 * 14_336 + 4 * 48 * 128) * tokens + 2 * 128_256 * sequences,
};

// Layers 48, width 2,048, 32 heads and 4, 128 experts of 768, of which a token takes 8.
const qwenExpert = 3 * 2_048 * 768;
const qwenAttention = 2_048 * 40 * 128 + 4_096 * 2_048;
const qwenRouter = 2_048 * 128;
const qwenMoe: Expected = {
  weightBytes:
    2 * 48 * (qwenAttention + qwenRouter + qwenExpert * 128 * (1 - (120 / 128) ** tokens)),
  flops: 2 * 48 * (qwenAttention + qwenRouter + 8 * qwenExpert) * tokens,
  kvBytes: 48 * 2 * 4 * 128 * 2 * decodeContext,
  attentionFlops: 48 * 4 * 32 * 128 * pairs,
  elementBytes: 48 * (8 * 2_048 + 6 * 768 * 8 + 4 * 40 * 128) * tokens + 2 * 151_936 * sequences,
  routingMs: 48 * 0.05,
};

// Layers 27, the first dense with 10,944, width 2,048, 16 heads of 128 + 64 over a latent vector of
// 512 + 64, 64 experts of 1,408, of which a token takes 6 and 2 shared ones.
const liteExpert = 3 * 2_048 * 1_408;
const liteAttention = 2_048 * 16 * 192 + 2_048 * 576 + 512 * 16 * 256 + 16 * 128 * 2_048;
const liteDense = 27 * liteAttention + 3 * 2_048 * 10_944 + 26 * (2 * liteExpert + 2_048 * 64);
const deepSeekLite: Expected = {
  weightBytes: 2 * (liteDense + 26 * 64 * liteExpert * (1 - (58 / 64) ** tokens)),
  flops: 2 * (liteDense + 26 * 6 * liteExpert) * tokens,
  kvBytes: 27 * 576 * 2 * decodeContext,
  attentionFlops: 27 * 2 * 16 * (192 + 128) * pairs,
  elementBytes:
    (27 * (8 * 2_048 + 4 * (16 * 192 + 576)) + 6 * 10_944 + 26 * 6 * 1_408 * 8) * tokens +
    2 * 102_400 * sequences,
  routingMs: 26 * 0.05,
};

// Half of 24 layers keep 128 tokens; 64 heads and 8 of 64, width 2,880, 4 of 32 experts of 2,880.
const ossAttention = 2_880 * 80 * 64 + 64 * 64 * 2_880;
const ossExpert = 3 * 2_880 * 2_880;
const ossRouter = 2_880 * 32;
const gptOss: Expected = {
  weightBytes:
    24 * (2 * (ossAttention + ossRouter) + (4.25 / 8) * ossExpert * 32 * (1 - (28 / 32) ** tokens)),
  flops: 2 * 24 * (ossAttention + ossRouter + 4 * ossExpert) * tokens * (1 / 0.8),
  kvBytes: 2 * 8 * 64 * 2 * (12 * decodeContext + 12 * 128 * decodeSeqs),
  attentionFlops: 24 * 4 * 64 * 64 * pairs,
  elementBytes: 24 * (8 * 2_880 + 6 * 2_880 * 4 + 4 * 80 * 64) * tokens + 2 * 201_088 * sequences,
  routingMs: 24 * 0.05,
};

describe('the parts of a step at the speed of the data sheets', () => {
  test.each<[string, Setting, Expected]>([
    ['dense', { gpu: 'A100-80GB-SXM', model: 'Llama-3.1-8B' }, llama],
    ['with experts', { gpu: 'A100-80GB-SXM', model: 'Qwen3-30B-A3B' }, qwenMoe],
    ['with a latent cache', { gpu: 'H100-SXM', model: 'DeepSeek-V2-Lite' }, deepSeekLite],
    ['with windows', { gpu: 'H100-SXM', model: 'gpt-oss-20b', weights: 'mxfp4' }, gptOss],
    [
      'in 4 bits',
      { gpu: 'L40S', model: 'Llama-3.1-8B', weights: 'int4' },
      {
        ...llama,
        weightBytes: llama.weightBytes * ((4 + 20 / 128) / 16),
        flops: llama.flops / 0.8,
      },
    ],
    [
      'in fp8',
      { gpu: 'H100-SXM', model: 'Llama-3.1-8B', weights: 'fp8' },
      { ...llama, weightBytes: llama.weightBytes / 2, flops: llama.flops / 2 },
    ],
    [
      'with a cache in fp8',
      { gpu: 'H100-SXM', model: 'Llama-3.1-8B', kvCache: 'fp8' },
      { ...llama, kvBytes: llama.kvBytes / 2 },
    ],
    [
      'on two cards over PCIe',
      { gpu: 'L40S', model: 'Llama-3.1-8B', tensorParallelSize: 2 },
      {
        weightBytes: llama.weightBytes / 2,
        flops: llama.flops / 2,
        kvBytes: llama.kvBytes / 2,
        attentionFlops: llama.attentionFlops / 2,
        elementBytes: 32 * (8 * 4_096 + 3 * 14_336 + 2 * 48 * 128) * tokens + 128_256 * sequences,
        // Two all-reduces a layer, each of which sends the activations 2 * (2 - 1) / 2 times.
        linkBytes: 2 * 32 * 2 * 4_096 * tokens,
      },
    ],
  ])('%s', (_kind, setting, expected) => {
    const parts = partsOf(setting);
    const { bandwidthGBps, bf16Tflops, linkGBps } = findGpu(setting.gpu);
    const bytesPerMs = bandwidthGBps * 1e6;
    const flopsPerMs = bf16Tflops * 1e9;
    expect((parts.weightsMs * bytesPerMs) / expected.weightBytes).toBeCloseTo(1, 9);
    expect((parts.computeMs * flopsPerMs) / expected.flops).toBeCloseTo(1, 9);
    expect((parts.kvMs * bytesPerMs) / expected.kvBytes).toBeCloseTo(1, 9);
    expect((parts.attentionMs * flopsPerMs) / expected.attentionFlops).toBeCloseTo(1, 9);
    expect((parts.elementMs * bytesPerMs) / expected.elementBytes).toBeCloseTo(1, 9);
    expect(parts.linkMs * linkGBps * 1e6).toBeCloseTo(expected.linkBytes ?? 0, 3);
    expect(parts.routingMs).toBeCloseTo(expected.routingMs ?? 0, 9);
  });
});
