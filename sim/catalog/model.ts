/** A decoder as its Hugging Face configuration has it. */
export interface Model {
  readonly name: string;
  readonly layers: number;
  readonly hiddenSize: number;
  readonly heads: number;
  readonly kvHeads: number;
  readonly headDim: number;
  readonly intermediateSize: number;
  readonly vocabSize: number;
  readonly maxPositionEmbeddings: number;
  readonly parameters: number;
  /** False for an MLP of two matrices instead of three. */
  readonly gatedMlp?: boolean;
  readonly moe?: MixtureOfExperts;
  readonly mla?: LatentAttention;
  /** Layers that keep only a window of the context. */
  readonly slidingWindow?: { readonly tokens: number; readonly layers: number };
}

export interface MixtureOfExperts {
  readonly experts: number;
  /** Experts that each token goes through. */
  readonly topK: number;
  readonly intermediateSize: number;
  /** Experts that every token goes through besides. */
  readonly sharedExperts: number;
  /** Layers at the bottom with an ordinary MLP of the model's `intermediateSize`. */
  readonly denseLayers: number;
}

/** DeepSeek's attention, which caches one latent vector for all heads. */
export interface LatentAttention {
  readonly kvLoraRank: number;
  readonly qLoraRank: number;
  readonly ropeHeadDim: number;
}

/** bf16, the only weight and cache type modelled so far. */
export const bytesPerValue = 2;

/**
 * Keys and values of one token on one GPU; heads are replicated when there are too few to split.
 */
export function kvBytesPerToken(model: Model, tensorParallelSize: number): number {
  const kvHeads = Math.max(1, model.kvHeads / tensorParallelSize);
  return 2 * model.layers * kvHeads * model.headDim * bytesPerValue;
}

/** Attention and MLP weights of one layer. */
export function layerParameters(model: Model): number {
  const { hiddenSize, heads, kvHeads, headDim, intermediateSize } = model;
  const attention = hiddenSize * (heads + 2 * kvHeads) * headDim + heads * headDim * hiddenSize;
  return attention + 3 * hiddenSize * intermediateSize;
}
