import { kvBytesPerTokenAndLayer, type Model, type WeightFormat } from '../catalog/model.ts';
import { attentionParameters } from '../catalog/parameters.ts';
import { quantisedBytes } from '../catalog/weight-bytes.ts';
import { type KvCacheType, kvCacheBytes, linearBytes } from './precision.ts';

/** What all layers of a model read and compute, over all GPUs, from its configuration. */
export interface LayerCosts {
  /** Weights that every step reads. */
  readonly denseWeightBytes: number;
  /** Weights of the experts, read as far as a step has tokens for them. */
  readonly expertWeightBytes: number;
  /** Weights that each token is multiplied with. */
  readonly parametersPerToken: number;
  /** KV cache of a token, in the layers that keep all of the context, on one GPU. */
  readonly kvBytesPerToken: number;
  /** Arithmetic per cached token and decoding sequence, on one GPU; it matters for MLA only. */
  readonly kvFlopsPerToken: number;
  /** The same in the layers with a window, of a token within it. */
  readonly windowBytesPerToken: number;
  /** Arithmetic for each pair of tokens in the attention of prompts, on one GPU and layer. */
  readonly pairFlops: number;
  /** Activations written and read for each token, on one GPU. */
  readonly activationBytes: number;
}

export interface LayerCostOptions {
  readonly model: Model;
  readonly tensorParallelSize: number;
  readonly weights: WeightFormat;
  readonly kvCache: KvCacheType;
}

export function layerCosts(options: LayerCostOptions): LayerCosts {
  const { model, tensorParallelSize: tp, weights } = options;
  const { hiddenSize, layers, moe } = model;
  const moeLayers = moe === undefined ? 0 : layers - moe.denseLayers;
  const matrices = model.gatedMlp === false ? 2 : 3;
  const denseMlp = matrices * hiddenSize * model.intermediateSize * (layers - moeLayers);
  const expert = moe === undefined ? 0 : 3 * hiddenSize * moe.intermediateSize;
  const shared = moeLayers * expert * (moe?.sharedExperts ?? 0);
  const router = moeLayers * hiddenSize * (moe?.experts ?? 0);
  const attention = attentionParameters(model) * layers;
  const active = moeLayers * expert * (moe?.topK ?? 0);
  return {
    denseWeightBytes: (attention + denseMlp + shared) * linearBytes[weights] + 2 * router,
    expertWeightBytes: moeLayers * expert * (moe?.experts ?? 0) * quantisedBytes[weights],
    parametersPerToken: attention + denseMlp + shared + router + active,
    ...cacheCosts(options),
    activationBytes:
      8 * hiddenSize * layers +
      (2 * matrices * model.intermediateSize * (layers - moeLayers)) / tp +
      (6 *
        (moe?.intermediateSize ?? 0) *
        ((moe?.topK ?? 0) + (moe?.sharedExperts ?? 0)) *
        moeLayers) /
        tp +
      attentionActivationBytes(model, tp) * layers,
  };
}

/**
 * Share of the experts of a layer that a step touches, when each token goes to k of E at random:
 * 1 - (1 - k/E)^tokens.
 */
export function expertsTouched(model: Model, tokens: number): number {
  if (model.moe === undefined) return 0;
  const { experts, topK } = model.moe;
  return topK >= experts ? 1 : -Math.expm1(tokens * Math.log1p(-topK / experts));
}

function attentionActivationBytes({ heads, kvHeads, headDim, mla }: Model, tp: number): number {
  if (mla === undefined) return 4 * (heads / tp + 2 * Math.max(1, kvHeads / tp)) * headDim;
  const latent = mla.kvLoraRank + mla.ropeHeadDim;
  return 4 * ((heads / tp) * (headDim + mla.ropeHeadDim) + mla.qLoraRank + latent);
}

function cacheCosts({ model, tensorParallelSize: tp, kvCache }: LayerCostOptions) {
  const { headDim, heads, layers, mla, slidingWindow } = model;
  const layerBytes = kvBytesPerTokenAndLayer(model, tp, kvCacheBytes[kvCache]);
  const windowLayers = slidingWindow?.layers ?? 0;
  const bytes = {
    kvBytesPerToken: (layers - windowLayers) * layerBytes,
    windowBytesPerToken: windowLayers * layerBytes,
  };
  if (mla === undefined)
    return { ...bytes, kvFlopsPerToken: 0, pairFlops: 4 * (heads / tp) * headDim };
  const { kvLoraRank, ropeHeadDim, valueHeadDim } = mla;
  return {
    ...bytes,
    // Decoding multiplies with the latent vectors themselves, once for scores, once for values.
    kvFlopsPerToken: layers * 2 * (heads / tp) * (2 * kvLoraRank + ropeHeadDim),
    pairFlops: 2 * (heads / tp) * (headDim + ropeHeadDim + valueHeadDim),
  };
}
