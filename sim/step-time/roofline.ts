import type { Efficiency, Gpu } from '../catalog/gpu.ts';
import { bytesPerValue, kvBytesPerToken, layerParameters, type Model } from '../catalog/model.ts';
import type { StepShape, StepTimeModel } from './step-time.ts';

/** The constants for a GPU without measurements of its own, fitted on all that have some. */
const anyGpu: Efficiency = {
  weightBandwidth: 0.818,
  compute: 0.979,
  kvBandwidth: 0.857,
  kvBandwidthMixed: 0.711,
  attention: 0.46,
  link: 0.53,
  head: 1.1,
  allReduceMs: 0.0075,
  layerMs: 0.0369,
  stepMs: 0.071,
  overlapNorm: 1.85,
  elementwise: 4.94,
  meanContext: 1.3,
  sequenceMs: 0,
};

/**
 * Reading the history of a prefill chunk parallelises badly: 17 to 24 ns for each token and layer
 * on the cards that were measured (LLMServingSim's profiles of vLLM 0.19).
 */
const historyMsPerTokenLayer = 20e-6;

export interface HostOverhead {
  readonly stepMs: number;
  readonly sequenceMs: number;
}

/** Scheduling, sampling hand-over and detokenising in vLLM 0.19.0, fitted on a measured run. */
export const vllm019Host: HostOverhead = { stepMs: 0.3, sequenceMs: 0.015 };

export interface RooflineOptions {
  readonly gpu: Gpu;
  readonly model: Model;
  readonly tensorParallelSize: number;
  readonly host: HostOverhead;
}

/**
 * A step is bound by reading the weights or by arithmetic, whichever is slower, smoothed where they
 * meet; reading the KV cache, attention over prompts, the output head and the communication come on
 * top. Everything but the fitted efficiencies is read off two data sheets. Expected error on unseen
 * hardware: about 13 %; on a GPU with constants of its own: about 7 %.
 */
export function rooflineStepTime(options: RooflineOptions): StepTimeModel {
  const { gpu, host, model, tensorParallelSize: tp } = options;
  const use = gpu.efficiency ?? anyGpu;
  const { layers, hiddenSize, headDim, vocabSize } = model;
  const flopsPerMs = gpu.bf16Tflops * 1e9;
  const bytesPerMs = gpu.bandwidthGBps * 1e6;
  const headWeights = (vocabSize * hiddenSize) / tp;
  const heads = model.heads / tp;
  const kvHeads = Math.max(1, model.kvHeads / tp);

  const weightsMs = (bytesPerValue * layerParameters(model) * layers) / tp / bytesPerMs;
  const computeMsPerToken = (2 * layerParameters(model) * layers) / tp / flopsPerMs;
  const headReadMs = (bytesPerValue * headWeights) / bytesPerMs;
  const headMsPerSeq = (2 * headWeights) / flopsPerMs;
  const kvMsPerToken = kvBytesPerToken(model, tp) / bytesPerMs;
  const meanContextMsPerToken = (4 * headDim * layers) / bytesPerMs;
  const attentionMsPerPair = (4 * heads * headDim * layers) / flopsPerMs;
  const linkMsPerToken = (8 * layers * hiddenSize * ((tp - 1) / tp)) / (gpu.linkGBps * 1e6);
  const elementBytes =
    8 * hiddenSize + (6 * model.intermediateSize) / tp + 4 * (heads + 2 * kvHeads) * headDim;
  const elementMsPerToken = (layers * elementBytes) / bytesPerMs;
  const logitsMsPerSeq = (2 * vocabSize) / tp / bytesPerMs;
  const fixedMs =
    use.stepMs + use.layerMs * layers + (tp > 1 ? 2 * layers * use.allReduceMs : 0) + host.stepMs;

  function stepMs(shape: Readonly<StepShape>): number {
    const { prefillTokens, decodeSeqs, decodeContext, sequences } = shape;
    const tokens = prefillTokens + decodeSeqs;
    const mixed = prefillTokens > 0 && decodeSeqs > 0;
    const meanContext = decodeSeqs > 0 ? decodeContext / decodeSeqs : 0;
    const kvUse = mixed ? use.kvBandwidthMixed : use.kvBandwidth;
    return (
      fixedMs +
      smoothMax(
        weightsMs / use.weightBandwidth,
        (computeMsPerToken * tokens) / use.compute,
        use.overlapNorm,
      ) +
      Math.max(headReadMs, headMsPerSeq * sequences) / use.head +
      (kvMsPerToken * decodeContext) / kvUse +
      use.meanContext * meanContextMsPerToken * meanContext +
      (attentionMsPerPair * shape.prefillAttention) / use.attention +
      (linkMsPerToken * tokens) / use.link +
      use.elementwise * (elementMsPerToken * tokens + logitsMsPerSeq * sequences) +
      use.sequenceMs * sequences +
      historyMsPerTokenLayer * layers * shape.prefillHistory +
      host.sequenceMs * sequences
    );
  }
  const growthMsPerSeq = kvMsPerToken / use.kvBandwidth;
  const growthMs = use.meanContext * meanContextMsPerToken;
  return {
    stepUs: (shape) => stepMs(shape) * 1000,
    decodeGrowthUs: (decodeSeqs) => (growthMsPerSeq * decodeSeqs + growthMs) * 1000,
  };
}

/**
 * (a^n + b^n)^(1/n) for positive a and b, by exp and log: unlike `**` these give the same bits in
 * every version of Node.
 */
function smoothMax(a: number, b: number, norm: number): number {
  const larger = Math.max(a, b);
  const ratio = Math.min(a, b) / larger;
  const power = ratio > 0 ? Math.exp(norm * Math.log(ratio)) : 0;
  return larger * Math.exp(Math.log1p(power) / norm);
}
