import { suggestion } from '../../core/closest.ts';
import { FairleadError } from '../../core/errors.ts';
import type { EngineOptions, FleetGroup } from '../../scenarios/scenario.ts';
import type { Gpu } from '../catalog/gpu.ts';
import { gpus } from '../catalog/gpus/registry.ts';
import type { Model } from '../catalog/model.ts';
import { models } from '../catalog/models/registry.ts';
import { chooseStepTime } from '../step-time/choose.ts';
import { fixedStepTime } from '../step-time/fixed.ts';
import type { StepTimeModel } from '../step-time/step-time.ts';
import { kvCapacityTokens } from './kv-capacity.ts';

/** An engine with every default resolved for its GPU and model. */
export interface EngineConfig {
  readonly maxNumSeqs: number;
  readonly maxNumBatchedTokens: number;
  readonly maxModelLen: number;
  readonly blockSize: number;
  /** Without block 0, which vLLM keeps as the null block. */
  readonly usableBlocks: number;
  readonly longPrefillTokenThreshold: number;
  readonly reserveFullIsl: boolean;
  readonly watermarkBlocks: number;
  readonly stepTime: StepTimeModel;
}

export function engineConfig(group: FleetGroup, modelName: string): EngineConfig {
  const gpu = named(gpus, group.gpu, 'GPU');
  const model = named(models, modelName, 'model');
  const { engine } = group;
  const maxNumBatchedTokens = engine.maxNumBatchedTokens ?? (isLargeDevice(gpu) ? 8192 : 2048);
  const maxNumSeqs = Math.min(
    engine.maxNumSeqs ?? (isLargeDevice(gpu) ? 1024 : 256),
    maxNumBatchedTokens,
  );
  const kvTokens = kvCapacityTokens({ ...engine, gpu, model, maxNumBatchedTokens, maxNumSeqs });
  const usableBlocks = (engine.numGpuBlocksOverride ?? Math.floor(kvTokens / engine.blockSize)) - 1;
  const maxModelLen = engine.maxModelLen ?? model.maxPositionEmbeddings;
  checkFit(group, model, { usableBlocks, maxModelLen });
  return {
    maxNumSeqs,
    maxNumBatchedTokens,
    maxModelLen,
    blockSize: engine.blockSize,
    usableBlocks,
    longPrefillTokenThreshold: engine.longPrefillTokenThreshold ?? Number.POSITIVE_INFINITY,
    reserveFullIsl: engine.reserveFullIsl,
    watermarkBlocks: Math.floor(engine.watermark * usableBlocks),
    stepTime: stepTimeModel(engine, gpu, model),
  };
}

/**
 * vLLM gives the larger defaults to devices from 70 GiB, except the A100
 * (`vllm/engine/arg_utils.py`).
 */
function isLargeDevice(gpu: Gpu): boolean {
  return gpu.memoryBytes >= 70 * 2 ** 30 && !gpu.name.toLowerCase().includes('a100');
}

/** vLLM refuses to start when one sequence of the longest length would not fit. */
function checkFit(
  { engine, gpu }: FleetGroup,
  model: Model,
  { usableBlocks, maxModelLen }: { usableBlocks: number; maxModelLen: number },
): void {
  const fits = usableBlocks * engine.blockSize;
  if (maxModelLen <= fits) return;
  const where = `${model.name} on ${engine.tensorParallelSize} × ${gpu}`;
  const message = `${where}: ${reason(fits, engine, maxModelLen)}`;
  throw new FairleadError('MODEL_DOES_NOT_FIT', message);
}

function reason(fits: number, engine: EngineOptions, maxModelLen: number): string {
  if (fits >= 1) {
    return `the KV cache holds ${fits} tokens, and maxModelLen is ${maxModelLen}. Write "maxModelLen: ${fits}" or less under engine, or use a larger GPU.`;
  }
  if (engine.numGpuBlocksOverride !== undefined) {
    const blocks = Math.ceil(maxModelLen / engine.blockSize) + 1;
    return `block 0 is the null block, so nothing is left of numGpuBlocksOverride. Write ${blocks} or more, or a smaller maxModelLen.`;
  }
  return 'the weights leave no memory for the KV cache. Use a larger GPU or a larger engine.tensorParallelSize.';
}

function stepTimeModel(engine: EngineOptions, gpu: Gpu, model: Model): StepTimeModel {
  const { stepTime, tensorParallelSize } = engine;
  switch (stepTime.kind) {
    case 'fixed':
      return fixedStepTime(stepTime);
    case 'roofline':
      return chooseStepTime({ gpu, model, tensorParallelSize, engineVersion: '0.19.0' }).model;
  }
}

function named<T extends { readonly name: string }>(
  catalog: readonly T[],
  name: string,
  what: string,
): T {
  const found = catalog.find((entry) => entry.name === name);
  if (found !== undefined) return found;
  const names = catalog.map((entry) => entry.name);
  const message = `there is no ${what} "${name}". ${suggestion(name, names)}`;
  throw new FairleadError('SCENARIO_INVALID', message);
}
