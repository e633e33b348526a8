import { expect, test, vi } from 'vitest';
import type { EngineOptions } from '../../scenarios/scenario.ts';
import { findModel } from '../../sim/catalog/lookup.ts';
import { type EngineConfig, engineConfig } from '../../sim/replica/engine-config.ts';
import { engineMemory } from '../../sim/replica/engine-memory.ts';
import { engineStepTime } from '../../sim/replica/engine-step-time.ts';
import { chooseStepTime, type StepTimeOptions } from '../../sim/step-time/choose.ts';
import { emptyShape } from '../../sim/step-time/step-time.ts';
import { checkUserProfile } from '../../sim/step-time/user-profile.ts';
import { smallScenario } from '../support/scenarios.ts';

vi.mock('../../sim/step-time/choose.ts', async (original) => {
  const choose = await original<{ chooseStepTime: typeof chooseStepTime }>();
  return { ...choose, chooseStepTime: vi.fn(choose.chooseStepTime) };
});

// Each option of a scenario that is not the default, and what the engine is told of it.

type Options = { readonly [K in keyof EngineOptions]?: unknown };

function groupWith(engine: Options) {
  return smallScenario({ replicas: 1, engine }).fleet[0]!;
}

function configOf(engine: Options): EngineConfig {
  return engineConfig(groupWith(engine), findModel('Llama-3.1-8B'));
}

const fields: [Options, Partial<EngineConfig>][] = [
  [{}, { schedulingPolicy: 'fcfs', watermarkBlocks: 0, maxLoras: 1, loraLoadUs: 20_000 }],
  [{}, { longPrefillTokenThreshold: Number.POSITIVE_INFINITY, enableChunkedPrefill: true }],
  [{ maxNumSeqs: 7 }, { maxNumSeqs: 7 }],
  [{ maxNumBatchedTokens: 777 }, { maxNumBatchedTokens: 777 }],
  [{ maxModelLen: 999 }, { maxModelLen: 999 }],
  [{ blockSize: 32 }, { blockSize: 32 }],
  [{ longPrefillTokenThreshold: 333 }, { longPrefillTokenThreshold: 333 }],
  [{ enableChunkedPrefill: false, maxNumBatchedTokens: 131_072 }, { enableChunkedPrefill: false }],
  [{ schedulingPolicy: 'priority' }, { schedulingPolicy: 'priority' }],
  [{ enablePrefixCaching: false }, { enablePrefixCaching: false }],
  [{ enablePrefixCaching: true }, { enablePrefixCaching: true }],
  [{ maxLoras: 3 }, { maxLoras: 3 }],
  [{ loraLoadMs: 1.5 }, { loraLoadUs: 1_500 }],
  // 1.99 % of 999 blocks, of which vLLM takes the whole ones.
  [{ numGpuBlocksOverride: 1_000, watermark: 0.0199, maxModelLen: 999 }, { watermarkBlocks: 19 }],
  [{ numGpuBlocksOverride: 1_000, maxModelLen: 999 }, { usableBlocks: 999 }],
  [{ vllmProfile: 'vllm-0.15' }, { reserveFullIsl: false, asyncScheduling: true }],
  [{ vllmProfile: 'vllm-0.15' }, { prefixQueriesCount: 'everyAttempt' }],
  [{ vllmProfile: 'vllm-0.19' }, { reserveFullIsl: true, prefixQueriesCount: 'onAdmission' }],
  [{ vllmProfile: 'vllm-0.19' }, { freeUnhashedToFront: false, asyncScheduling: true }],
  [{ vllmProfile: 'vllm-0.30' }, { freeUnhashedToFront: true, reserveFullIsl: true }],
  // What is written wins over the version.
  [{ vllmProfile: 'vllm-0.15', reserveFullIsl: true }, { reserveFullIsl: true }],
  [{ vllmProfile: 'vllm-0.30', reserveFullIsl: false }, { reserveFullIsl: false }],
  [{ asyncScheduling: false }, { asyncScheduling: false }],
];

test.each(fields)('%j makes an engine with %j', (options, expected) => {
  expect(configOf(options)).toMatchObject(expected);
});

test('without a given number, the null block is one of those that the memory holds', () => {
  const group = groupWith({ maxModelLen: 4_096 });
  const { plan, usableBlocks } = engineMemory(group, findModel('Llama-3.1-8B'));
  expect(usableBlocks).toBe(Math.floor(plan.kvTokens / (group.engine.blockSize ?? 16)) - 1);
});

const roofline = { stepTime: { kind: 'roofline' } };
const mine = {
  kind: 'profile',
  profile: { name: 'mine', coefficients: { baseMs: 5, knots: [1], tokenMs: [0] } },
};

const chosen: [string, Options, Partial<StepTimeOptions>][] = [
  ['Llama-3.1-8B', roofline, { engineVersion: 'vllm-0.30', weights: 'bf16', kvCache: 'bf16' }],
  ['Llama-3.1-8B', { ...roofline, vllmProfile: 'vllm-0.15' }, { engineVersion: 'vllm-0.15' }],
  ['Llama-3.1-8B', { ...roofline, vllmProfile: 'vllm-0.19' }, { engineVersion: 'vllm-0.19' }],
  ['Llama-3.1-8B', { ...roofline, quantization: 'fp8' }, { weights: 'fp8' }],
  ['Llama-3.1-8B', { ...roofline, quantization: 'awq' }, { weights: 'int4' }],
  ['gpt-oss-20b', roofline, { weights: 'mxfp4' }],
  ['Llama-3.1-8B', { ...roofline, kvCacheDtype: 'fp8' }, { kvCache: 'fp8' }],
  ['Llama-3.1-8B', { ...roofline, tensorParallelSize: 2 }, { tensorParallelSize: 2 }],
  ['Llama-3.1-8B', { stepTime: mine }, { userProfile: checkUserProfile(mine.profile) }],
];

test.each(chosen)('the step times of %s with %j are chosen for %j', (name, engine, expected) => {
  const model = findModel(name);
  const group = groupWith(engine);
  engineStepTime(group.engine, engineMemory(group, model));
  expect(vi.mocked(chooseStepTime).mock.lastCall![0]).toMatchObject({
    gpu: { name: 'A100-80GB-SXM' },
    model: { name },
    ...expected,
  });
});

test('fixed steps are chosen for nothing', () => {
  expect(configOf({ stepTime: { kind: 'fixed', stepMs: 7 } }).stepTime.stepUs(emptyShape())).toBe(
    7_000,
  );
});
