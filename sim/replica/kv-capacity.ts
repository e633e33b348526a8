import type { Gpu } from '../catalog/gpu.ts';
import { bytesPerValue, kvBytesPerToken, type Model } from '../catalog/model.ts';

export interface MemoryUse {
  readonly gpu: Gpu;
  readonly model: Model;
  readonly tensorParallelSize: number;
  readonly gpuMemoryUtilization: number;
  readonly maxNumBatchedTokens: number;
  readonly maxNumSeqs: number;
}

/**
 * Tokens whose keys and values fit beside weights, activations and context; not positive when the
 * weights alone do not fit. The overhead is an estimate that puts the result within about 5 % of
 * what vLLM reports; a real block count (`numGpuBlocksOverride`) is always better.
 */
export function kvCapacityTokens(use: MemoryUse): number {
  const { gpu, model, tensorParallelSize: tp } = use;
  const weights = (model.parameters * bytesPerValue) / tp;
  const context = tp > 1 ? 1e9 : 0.6e9;
  const activation =
    use.maxNumBatchedTokens * ((2 * model.intermediateSize) / tp + 4 * model.hiddenSize) * 2;
  const logits = 3 * use.maxNumSeqs * model.vocabSize * 4;
  const available = gpu.memoryBytes * use.gpuMemoryUtilization - weights;
  return Math.floor((available - context - activation - logits) / kvBytesPerToken(model, tp));
}
