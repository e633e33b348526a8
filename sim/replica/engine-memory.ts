import { FairleadError } from '../../core/errors.ts';
import type { EngineOptions, FleetGroup } from '../../scenarios/scenario.ts';
import type { Gpu } from '../catalog/gpu.ts';
import { findGpu } from '../catalog/lookup.ts';
import type { Model, WeightFormat } from '../catalog/model.ts';
import {
  canSplit,
  engineWeightFormat,
  refuseUnsupported,
  tensorParallelSizes,
} from './engine-support.ts';
import { type MemoryPlan, memoryPlan } from './kv-capacity.ts';
import { vllmProfiles } from './vllm-profiles.ts';

/** What an engine of a group has room for, with the options that decide it resolved. */
export interface EngineMemory {
  readonly gpu: Gpu;
  readonly model: Model;
  readonly weightFormat: WeightFormat;
  readonly maxNumSeqs: number;
  readonly maxNumBatchedTokens: number;
  readonly maxModelLen: number;
  readonly blockSize: number;
  readonly plan: MemoryPlan;
  /** Without block 0, which vLLM keeps as the null block. */
  readonly usableBlocks: number;
  /** The longest sequence that would fit. */
  readonly longestTokens: number;
}

/** Throws what vLLM would refuse at its start, with what to write instead. */
export function engineMemory(group: FleetGroup, model: Model): EngineMemory {
  const gpu = findGpu(group.gpu);
  refuseUnsupported(group.engine, gpu, model);
  const memory = shareOut(group, gpu, model);
  const holdsWeights =
    group.engine.numGpuBlocksOverride === undefined ||
    memory.plan.weightBytes < memory.plan.allowedBytes;
  if (holdsWeights && memory.longestTokens >= memory.maxModelLen) return memory;
  const where = `${model.name} on ${group.engine.tensorParallelSize} × ${gpu.name}`;
  const why = holdsWeights ? whyItDoesNotFit(group, memory) : noRoom(group, memory);
  throw new FairleadError('MODEL_DOES_NOT_FIT', `${where}: ${why}`);
}

function shareOut({ engine }: FleetGroup, gpu: Gpu, model: Model, tp?: number): EngineMemory {
  const isLarge = isLargeDevice(gpu);
  const maxNumBatchedTokens = engine.maxNumBatchedTokens ?? (isLarge ? 8192 : 2048);
  const options = {
    weightFormat: engineWeightFormat(model, engine.quantization),
    maxNumBatchedTokens,
    maxNumSeqs: Math.min(engine.maxNumSeqs ?? (isLarge ? 1024 : 256), maxNumBatchedTokens),
    maxModelLen: engine.maxModelLen ?? model.maxPositionEmbeddings,
    blockSize: engineBlockSize(engine, model),
  };
  const tensorParallelSize = tp ?? engine.tensorParallelSize;
  const profile = vllmProfiles[engine.vllmProfile];
  const plan = memoryPlan({ ...engine, ...options, gpu, model, tensorParallelSize, profile });
  const { blockSize } = options;
  const { numGpuBlocksOverride: given } = engine;
  if (given !== undefined) {
    const usableBlocks = given - 1;
    const longestTokens = usableBlocks * blockSize;
    return { gpu, model, ...options, plan, usableBlocks, longestTokens };
  }
  const longestTokens = (Math.floor(plan.longestTokens / blockSize) - 1) * blockSize;
  // Tokens of layers with a window are counted at their average; the longest must fit all the same.
  const fewest = longestTokens >= options.maxModelLen ? options.maxModelLen / blockSize : 0;
  const usableBlocks = Math.max(Math.floor(plan.kvTokens / blockSize) - 1, Math.ceil(fewest));
  return { gpu, model, ...options, plan, usableBlocks, longestTokens };
}

export function engineBlockSize(
  { blockSize }: Pick<EngineOptions, 'blockSize'>,
  model: Model,
): number {
  return blockSize ?? (model.mla === undefined ? 16 : latentBlockSize);
}

/**
 * What FlashMLA forces, the attention of DeepSeek on Hopper; other back ends for it force 32 or 128
 * (`vllm/platforms/cuda.py`).
 */
const latentBlockSize = 64;

/**
 * vLLM gives the larger defaults to devices from 70 GiB, except the A100
 * (`vllm/engine/arg_utils.py`).
 */
function isLargeDevice(gpu: Gpu): boolean {
  return gpu.memoryBytes >= 70 * 2 ** 30 && !gpu.name.toLowerCase().includes('a100');
}

function whyItDoesNotFit(group: FleetGroup, memory: EngineMemory): string {
  const { longestTokens: fits, maxModelLen } = memory;
  if (fits >= 1) {
    const { numGpuBlocksOverride } = group.engine;
    const given = numGpuBlocksOverride !== undefined;
    const other = given
      ? `"numGpuBlocksOverride: ${blocksFor(maxModelLen, memory.blockSize)}"`
      : (largerSplit(group, memory) ?? 'use a larger GPU');
    return `the KV cache holds ${fits} tokens, and maxModelLen is ${maxModelLen}. Write "maxModelLen: ${fits}" or less under engine, or ${other}.`;
  }
  if (group.engine.numGpuBlocksOverride === undefined) return noRoom(group, memory);
  const blocks = blocksFor(maxModelLen, memory.blockSize);
  return `block 0 is the null block, so nothing is left of numGpuBlocksOverride. Write ${blocks} or more, or a smaller maxModelLen.`;
}

/** How many KV blocks a sequence of this length asks for, the null block among them. */
function blocksFor(tokens: number, blockSize: number): number {
  return Math.ceil(tokens / blockSize) + 1;
}

function noRoom(group: FleetGroup, memory: EngineMemory): string {
  const { plan, weightFormat } = memory;
  const [weights, allowed] = [plan.weightBytes, plan.allowedBytes].map(
    (bytes) => `${(bytes / 1e9).toFixed(1)} GB`,
  );
  const split = largerSplit(group, memory);
  const advice =
    split === undefined
      ? 'Not even 8 of these GPUs are enough; use a larger one, fewer bits or a smaller model.'
      : `Write ${split} under engine, or use a larger GPU.`;
  return `the weights leave no memory for the KV cache (${weights} in ${weightFormat}, of ${allowed} that vLLM may use of each GPU). ${advice}`;
}

/** The fewest GPUs on which the longest sequence fits, or else the fewest with room for more. */
function largerSplit(group: FleetGroup, memory: EngineMemory): string | undefined {
  const { gpu, longestTokens, maxModelLen, model } = memory;
  if (longestTokens >= 1 && group.engine.numGpuBlocksOverride !== undefined) return undefined;
  const larger = tensorParallelSizes
    .filter((size) => size > group.engine.tensorParallelSize && canSplit(model, size))
    .map((size) => ({ size, fits: shareOut(group, gpu, model, size).longestTokens }));
  const whole = larger.find(({ fits }) => fits >= maxModelLen);
  if (whole !== undefined) return `"tensorParallelSize: ${whole.size}"`;
  const part = larger.find(({ fits }) => fits > Math.max(0, longestTokens));
  if (part === undefined) return undefined;
  return `"tensorParallelSize: ${part.size}" with "maxModelLen: ${part.fits}"`;
}
