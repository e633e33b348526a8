import { describe, expect, test } from 'vitest';
import type { ErrorCode } from '../../core/errors.ts';
import type { EngineOptions } from '../../scenarios/scenario.ts';
import { findModel } from '../../sim/catalog/lookup.ts';
import { engineMemory } from '../../sim/replica/engine-memory.ts';
import { smallScenario } from '../support/scenarios.ts';

function memoryOf(model: string, gpu: string, engine: Partial<EngineOptions> = {}) {
  const [group] = smallScenario({ replicas: 1 }).fleet;
  const { maxModelLen: _short, ...defaults } = group!.engine;
  const options = { ...defaults, vllmProfile: 'vllm-0.19' as const, ...engine };
  return engineMemory({ ...group!, gpu, engine: options }, findModel(model));
}

const refusals: [string, Parameters<typeof memoryOf>, ErrorCode, string][] = [
  [
    'weights that are too large, with the fewest GPUs that take them',
    ['Llama-3.1-70B', 'A100-80GB-SXM'],
    'MODEL_DOES_NOT_FIT',
    'Llama-3.1-70B on 1 × A100-80GB-SXM: the weights leave no memory for the KV cache (141.1 GB in bf16, of 76.6 GB that vLLM may use of each GPU). Write "tensorParallelSize: 4" under engine, or use a larger GPU.',
  ],
  [
    'weights that fit on two GPUs only with shorter sequences',
    ['Llama-2-70B', 'A100-80GB-SXM', { gpuMemoryUtilization: 0.82 }],
    'MODEL_DOES_NOT_FIT',
    'Write "tensorParallelSize: 4"',
  ],
  [
    'weights that no eight GPUs hold',
    ['DeepSeek-V3', 'A100-80GB-SXM'],
    'MODEL_DOES_NOT_FIT',
    'Not even 8 of these GPUs are enough; use a larger one, fewer bits or a smaller model.',
  ],
  [
    'a context beyond the cache',
    ['Llama-3.1-8B', 'L4'],
    'MODEL_DOES_NOT_FIT',
    'and maxModelLen is 131072. Write "maxModelLen: 33568" or less under engine, or "tensorParallelSize: 2".',
  ],
  [
    'a context beyond the blocks given',
    ['Llama-3.1-8B', 'A100-80GB-SXM', { numGpuBlocksOverride: 100, maxModelLen: 4096 }],
    'MODEL_DOES_NOT_FIT',
    'the KV cache holds 1584 tokens, and maxModelLen is 4096. Write "maxModelLen: 1584" or less under engine, or "numGpuBlocksOverride: 257".',
  ],
  [
    'no block but the null block',
    ['Llama-3.1-8B', 'A100-80GB-SXM', { numGpuBlocksOverride: 1, maxModelLen: 4096 }],
    'MODEL_DOES_NOT_FIT',
    'Write 257 or more',
  ],
  [
    'blocks beside weights that do not fit',
    ['Llama-3.1-70B', 'L4', { numGpuBlocksOverride: 10_000, maxModelLen: 4096 }],
    'MODEL_DOES_NOT_FIT',
    'the weights leave no memory',
  ],
  [
    'heads that cannot be split',
    ['Qwen2.5-7B', 'L4', { tensorParallelSize: 8 }],
    'ENGINE_UNSUPPORTED',
    'Qwen2.5-7B cannot be split over 8 GPUs: it has 28 attention heads with 4 for keys and values. Write "tensorParallelSize: 4".',
  ],
  [
    'key and value heads that cannot be split',
    ['Phi-4', 'L4', { tensorParallelSize: 4 }],
    'ENGINE_UNSUPPORTED',
    'it has 40 attention heads with 10 for keys and values. Write "tensorParallelSize: 2".',
  ],
  [
    'sequences beyond the context of the model',
    ['Llama-2-7B', 'H100-SXM', { maxModelLen: 8_192 }],
    'ENGINE_UNSUPPORTED',
    'maxModelLen is 8192, beyond the context of Llama-2-7B. Write "maxModelLen: 4096" or less.',
  ],
  [
    'bf16 where there is none',
    ['Llama-3.2-1B', 'T4', { dtype: 'bfloat16', maxModelLen: 4096 }],
    'ENGINE_UNSUPPORTED',
    'T4 has no bf16, and vLLM refuses it there. Write "dtype: float16", or leave dtype out.',
  ],
  [
    'a second quantisation',
    ['gpt-oss-20b', 'H100-SXM', { quantization: 'fp8' }],
    'ENGINE_UNSUPPORTED',
    'gpt-oss-20b is stored in mxfp4, and vLLM refuses "quantization: fp8" on top of it. Leave quantization out.',
  ],
];

describe('an engine that vLLM would not start is refused:', () => {
  test.each(refusals)('%s', (_what, setting, code, message) => {
    let thrown: unknown;
    try {
      memoryOf(...setting);
    } catch (error) {
      thrown = error;
    }
    expect(thrown).toMatchObject({ code });
    expect((thrown as Error).message).toContain(message);
  });
});

describe('what it advises instead is accepted:', () => {
  test.each<Parameters<typeof memoryOf>>([
    ['Llama-3.1-70B', 'A100-80GB-SXM', { tensorParallelSize: 4 }],
    ['Llama-3.1-8B', 'L4', { maxModelLen: 33_568 }],
    ['Llama-3.1-8B', 'L4', { tensorParallelSize: 2 }],
    ['Llama-3.1-8B', 'A100-80GB-SXM', { numGpuBlocksOverride: 100, maxModelLen: 1_584 }],
    ['Llama-3.1-8B', 'A100-80GB-SXM', { numGpuBlocksOverride: 257, maxModelLen: 4_096 }],
    ['Qwen2.5-7B', 'L4', { tensorParallelSize: 4 }],
    ['Llama-3.2-1B', 'T4', { dtype: 'float16', maxModelLen: 4_096 }],
    ['Llama-3.2-1B', 'T4', { maxModelLen: 4_096 }],
    ['gpt-oss-20b', 'H100-SXM', {}],
  ])('%s on %s with %j', (model, gpu, engine) => {
    const { maxModelLen, usableBlocks } = memoryOf(model, gpu, engine);
    expect(usableBlocks * 16).toBeGreaterThanOrEqual(maxModelLen);
  });

  test('and one block less is not', () => {
    expect(() => memoryOf('Llama-3.1-8B', 'L4', { maxModelLen: 33_569 })).toThrow('33568');
  });
});

test('fewer bits leave more room: in the weights by quantization, in the cache by its type', () => {
  const tokens = (engine: Partial<EngineOptions>) =>
    memoryOf('Llama-3.1-8B', 'L4', { maxModelLen: 8_192, ...engine }).plan.kvTokens;
  expect(tokens({ quantization: 'fp8' }) - tokens({})).toBeCloseTo(6.98e9 / 131_072, -3);
  expect(tokens({ quantization: 'awq' })).toBeGreaterThan(tokens({ quantization: 'fp8' }));
  expect(tokens({ quantization: 'gptq' })).toBe(tokens({ quantization: 'awq' }));
  expect(tokens({ kvCacheDtype: 'fp8' }) / tokens({})).toBeCloseTo(2, 3);
});

test('a given block count wins over the memory, whatever the options say', () => {
  const given = { numGpuBlocksOverride: 1001, maxModelLen: 8_192 };
  expect(memoryOf('Llama-3.1-8B', 'L4', given).usableBlocks).toBe(1000);
  const smaller = memoryOf('Llama-3.1-8B', 'L4', { ...given, kvCacheDtype: 'fp8' });
  expect(smaller.usableBlocks).toBe(1000);
});
