import type { Gpu } from '../catalog/gpu.ts';
import {
  bytesPerValue,
  kvBytesPerTokenAndLayer,
  type Model,
  type WeightFormat,
} from '../catalog/model.ts';
import { weightBytes } from '../catalog/weight-bytes.ts';
import type { MemoryProfile } from './vllm-profiles.ts';

export interface MemoryUse {
  readonly gpu: Gpu;
  readonly model: Model;
  readonly tensorParallelSize: number;
  readonly maxNumBatchedTokens: number;
  readonly maxNumSeqs: number;
  readonly maxModelLen: number;
  readonly gpuMemoryUtilization?: number | undefined;
  readonly weightFormat?: WeightFormat | undefined;
  readonly kvCacheDtype?: 'auto' | 'fp8' | undefined;
  readonly profile: MemoryProfile;
}

/** Where the memory of one GPU goes. */
export interface MemoryPlan {
  /** What vLLM may take of it. */
  readonly allowedBytes: number;
  readonly weightBytes: number;
  /** Activations, logits, NCCL and whatever else profiling sees; also CUDA graphs if charged. */
  readonly overheadBytes: number;
  /** What is left for the KV cache; not positive when the weights alone do not fit. */
  readonly kvCacheBytes: number;
  /** What a token costs on average in a sequence of `pricedSequenceTokens`. */
  readonly kvBytesPerToken: number;
  /** Tokens in it. */
  readonly kvTokens: number;
  /** The longest single sequence. */
  readonly longestTokens: number;
}

/**
 * What grows outside of PyTorch while vLLM profiles; the CUDA context was there before, and vLLM
 * does not charge it. Logs of vLLM 0.11 (0.13 GiB; with NCCL 0.55) and 0.19 (0.25 GiB).
 */
const nonTorchBytes = 0.27e9;
const communicationBytes = 0.45e9;

/** 51 capture sizes come to 0.6 GB for 32 layers and 1.6 GB for 80; an estimate, unverified. */
const cudaGraphBytesPerLayer = 20e6;

/**
 * The simulated blocks are all of one kind, where vLLM frees those of layers with a window behind
 * it. So a token of such a model has one price, that of a sequence of this length, which is one of
 * chats; in longer ones it is cheaper, in shorter ones dearer. Without windows it makes no
 * difference.
 */
export const pricedSequenceTokens = 2_048;

/**
 * Shares out the memory as vLLM does at its start. The overhead is an estimate that puts the cache
 * within 1 % of the card of what vLLM 0.11 logs; where the weights nearly fill the card, that is
 * much of it. A real block count (`numGpuBlocksOverride`) is always better.
 */
export function memoryPlan(use: MemoryUse): MemoryPlan {
  const { gpu, model, tensorParallelSize: tp, profile } = use;
  const allowedBytes = gpu.memoryBytes * (use.gpuMemoryUtilization ?? profile.gpuMemoryUtilization);
  const weights = weightBytes(model, use.weightFormat) / tp;
  const overheadBytes =
    nonTorchBytes +
    (tp > 1 ? communicationBytes : 0) +
    activationBytes(use) +
    profile.logitsCopies * use.maxNumSeqs * model.vocabSize * 4 +
    (profile.chargesCudaGraphs ? cudaGraphBytesPerLayer * model.layers : 0);
  const kvCacheBytes = allowedBytes - weights - overheadBytes;
  const cost = sequenceCost(use);
  const pricedTokens = Math.min(use.maxModelLen, pricedSequenceTokens);
  const kvBytesPerToken = cost.bytesOf(pricedTokens) / pricedTokens;
  return {
    allowedBytes,
    weightBytes: weights,
    overheadBytes,
    kvCacheBytes,
    kvBytesPerToken,
    kvTokens: Math.floor(kvCacheBytes / kvBytesPerToken),
    longestTokens: Math.floor(cost.longestIn(kvCacheBytes)),
  };
}

/**
 * The widest layer of a full step: the MLP, of which an expert is the widest that a token meets at
 * once, and copies of the residual stream.
 */
function activationBytes({
  maxNumBatchedTokens,
  model,
  tensorParallelSize: tp,
}: MemoryUse): number {
  const width = model.moe?.denseLayers === 0 ? model.moe.intermediateSize : model.intermediateSize;
  return maxNumBatchedTokens * ((2 * width) / tp + 4 * model.hiddenSize) * bytesPerValue;
}

/**
 * What the cache of a sequence takes on one GPU. Layers with a window stop growing once it is full;
 * the others go on.
 */
export function sequenceCost({
  kvCacheDtype,
  model,
  tensorParallelSize: tp,
}: Pick<MemoryUse, 'kvCacheDtype' | 'model' | 'tensorParallelSize'>) {
  const perLayer = kvBytesPerTokenAndLayer(model, tp, kvCacheDtype === 'fp8' ? 1 : bytesPerValue);
  const { layers: windowed, tokens: window } = model.slidingWindow ?? { layers: 0, tokens: 0 };
  const full = model.layers - windowed;
  const whenFullBytes = perLayer * model.layers * window;
  return {
    bytesOf: (tokens: number) => perLayer * (full * tokens + windowed * Math.min(tokens, window)),
    longestIn(bytes: number) {
      if (bytes < whenFullBytes || windowed === 0) return bytes / (perLayer * model.layers);
      if (full === 0) return Number.POSITIVE_INFINITY;
      return window + (bytes - whenFullBytes) / (perLayer * full);
    },
  };
}
