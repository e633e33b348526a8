import type { Gpu } from '../catalog/gpu.ts';
import type { Model, WeightFormat } from '../catalog/model.ts';
import { paddedTokens } from './graph-padding.ts';
import { expertsTouched, type LayerCosts, layerCosts } from './layer-costs.ts';
import { arithmeticRate, type KvCacheType } from './precision.ts';
import type { StepShape } from './step-time.ts';

export interface DataSheetOptions {
  readonly gpu: Gpu;
  readonly model: Model;
  readonly tensorParallelSize: number;
  readonly weights?: WeightFormat;
  readonly kvCache?: KvCacheType;
  /** Between the GPUs of a replica, where it is known better than from the data sheet. */
  readonly interconnect?: Interconnect;
  /** CUDA-graph sizes a batch is padded to; absent: none, as in timings of single kernels. */
  readonly captureSizes?: readonly number[];
}

export interface Interconnect {
  /** Bytes each GPU really sends in a second, per direction, beside the fixed part. */
  readonly effectiveGBps: number;
  readonly allReduceMs: number;
}

/** A step by its parts, each at the speed of the data sheet. */
export interface StepParts {
  layers: number;
  weightsMs: number;
  computeMs: number;
  promptComputeMs: number;
  headMs: number;
  kvMs: number;
  meanContextMs: number;
  attentionMs: number;
  allReduces: number;
  linkMs: number;
  elementMs: number;
  /** Fixed by measurement, so that no efficiency belongs to them. */
  routingMs: number;
  historyTokenLayers: number;
  sequences: number;
  mixed: boolean;
}

/** Sending each token to its experts and back; an estimate, for lack of calibration data. */
const routingMsPerLayer = 0.05;

export interface ContextTimes {
  readonly kvMsPerToken: number;
  readonly meanContextMsPerToken: number;
}

export interface DataSheetTimes {
  /** Of another token of context. */
  readonly everywhere: ContextTimes;
  /** The same in the layers with a window, while it is not full. */
  readonly inWindow: ContextTimes;
  readonly windowTokens: number;
  emptyParts(): StepParts;
  fill(parts: StepParts, shape: Readonly<StepShape>): void;
}

/** What a step of a model takes on a GPU if everything ran at the speed of the data sheet. */
export function dataSheetTimes(options: DataSheetOptions): DataSheetTimes {
  const { gpu, model, tensorParallelSize: tp, weights = 'bf16', kvCache = 'bf16' } = options;
  const { hiddenSize, layers, vocabSize } = model;
  const costs = layerCosts({ model, tensorParallelSize: tp, weights, kvCache });
  const flopsPerMs = gpu.bf16Tflops * 1e9;
  const bytesPerMs = gpu.bandwidthGBps * 1e6;
  const rate = weights === 'fp8' && gpu.fp8Tflops === undefined ? 1 : arithmeticRate[weights];
  const denseMs = costs.denseWeightBytes / tp / bytesPerMs;
  const expertsMs = costs.expertWeightBytes / tp / bytesPerMs;
  const computeMsPerToken = (2 * costs.parametersPerToken) / tp / (flopsPerMs * rate);
  const headReadMs = (2 * vocabSize * hiddenSize) / tp / bytesPerMs;
  const headMsPerSeq = (2 * vocabSize * hiddenSize) / tp / flopsPerMs;
  const attentionMsPerPair = costs.pairFlops / flopsPerMs;
  const windowLayers = model.slidingWindow?.layers ?? 0;
  const windowTokens = model.slidingWindow?.tokens ?? 0;
  const linkMsPerToken = linkTime(options);
  const elementMsPerToken = costs.activationBytes / bytesPerMs;
  const logitsMsPerSeq = (2 * vocabSize) / tp / bytesPerMs;
  const moeLayers = model.moe === undefined ? 0 : layers - model.moe.denseLayers;
  const padded = paddedTokens(options.captureSizes ?? []);

  const { everywhere, inWindow } = contextTimes(options, costs);

  return {
    everywhere,
    inWindow,
    windowTokens,
    emptyParts: () => ({ ...emptyParts, layers, allReduces: tp > 1 ? 2 * layers : 0 }),
    fill: (parts, shape) => {
      const { prefillTokens, decodeSeqs, decodeContext, prefillAttention, sequences } = shape;
      const real = prefillTokens + decodeSeqs;
      const tokens = real < padded.length ? padded[real]! : real;
      // Padding repeats what is there: it takes no expert that the tokens do not.
      parts.weightsMs = denseMs + expertsMs * expertsTouched(model, real);
      parts.computeMs = computeMsPerToken * tokens;
      parts.promptComputeMs = computeMsPerToken * prefillTokens;
      parts.headMs = Math.max(headReadMs, headMsPerSeq * sequences);
      // Of unequal sequences some windows are full before the others: this is then too much.
      const windowContext = Math.min(decodeContext, windowTokens * decodeSeqs);
      parts.kvMs = everywhere.kvMsPerToken * decodeContext + inWindow.kvMsPerToken * windowContext;
      parts.meanContextMs =
        (everywhere.meanContextMsPerToken * decodeContext +
          inWindow.meanContextMsPerToken * windowContext) /
        Math.max(1, decodeSeqs);
      parts.attentionMs =
        attentionMsPerPair *
        ((layers - windowLayers) * prefillAttention +
          windowLayers * Math.min(prefillAttention, windowTokens * prefillTokens));
      parts.linkMs = linkMsPerToken * tokens;
      parts.elementMs = elementMsPerToken * tokens + logitsMsPerSeq * sequences;
      parts.routingMs = routingMsPerLayer * moeLayers;
      parts.historyTokenLayers = (layers - windowLayers) * shape.prefillHistory;
      parts.sequences = sequences;
      parts.mixed = prefillTokens > 0 && decodeSeqs > 0;
    },
  };
}

function contextTimes({ gpu, model }: DataSheetOptions, costs: LayerCosts) {
  const bytesPerMs = gpu.bandwidthGBps * 1e6;
  const kvFlopsMs = costs.kvFlopsPerToken / (gpu.bf16Tflops * 1e9);
  const meanContextMsPerLayer = (4 * model.headDim) / bytesPerMs;
  const windowLayers = model.slidingWindow?.layers ?? 0;
  return {
    everywhere: {
      kvMsPerToken: Math.max(costs.kvBytesPerToken / bytesPerMs, kvFlopsMs),
      meanContextMsPerToken: meanContextMsPerLayer * (model.layers - windowLayers),
    },
    inWindow: {
      kvMsPerToken: costs.windowBytesPerToken / bytesPerMs,
      meanContextMsPerToken: meanContextMsPerLayer * windowLayers,
    },
  };
}

/** Two all-reduces per layer, each sending the activations almost twice. */
function linkTime(options: DataSheetOptions): number {
  const { gpu, interconnect, model, tensorParallelSize: tp } = options;
  const bytes = 8 * model.layers * model.hiddenSize * ((tp - 1) / tp);
  return bytes / ((interconnect?.effectiveGBps ?? gpu.linkGBps) * 1e6);
}

const emptyParts: Readonly<StepParts> = {
  layers: 0,
  weightsMs: 0,
  computeMs: 0,
  promptComputeMs: 0,
  headMs: 0,
  kvMs: 0,
  meanContextMs: 0,
  attentionMs: 0,
  allReduces: 0,
  linkMs: 0,
  elementMs: 0,
  routingMs: 0,
  historyTokenLayers: 0,
  sequences: 0,
  mixed: false,
};
