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
 * What grows outside of PyTorch while vLLM profiles; the CUDA context was there before, and vLLM
 * does not charge it. Logs of vLLM 0.11 (0.13 GiB; with NCCL 0.55) and 0.19 (0.25 GiB).
 */
const nonTorchBytes = 0.27e9;
const communicationBytes = 0.45e9;

/**
 * Tokens whose keys and values fit beside weights, activations and context; not positive when the
 * weights alone do not fit. The overhead is an estimate that puts the result within about 5 % of
 * what vLLM reports; a real block count (`numGpuBlocksOverride`) is always better.
 */
export function kvCapacityTokens(use: MemoryUse): number {
  const { gpu, model, tensorParallelSize: tp } = use;
  const weights = (model.parameters * bytesPerValue) / tp;
  const context = nonTorchBytes + (tp > 1 ? communicationBytes : 0);
  const activation =
    use.maxNumBatchedTokens * ((2 * model.intermediateSize) / tp + 4 * model.hiddenSize) * 2;
  const logits = 3 * use.maxNumSeqs * model.vocabSize * 4;
  const available = gpu.memoryBytes * use.gpuMemoryUtilization - weights;
  return Math.floor((available - context - activation - logits) / kvBytesPerToken(model, tp));
}
