/** A dense decoder as its Hugging Face configuration has it. */
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
