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
  /** Of the decoder, as its publisher counts them or as the configuration gives them. */
  readonly parameters: number;
  /** How the checkpoint stores its weights. */
  readonly weightFormat: WeightFormat;
  /** The output head is the embedding over again, and takes no memory of its own. */
  readonly tiedEmbeddings?: true;
  /** False for an MLP of two matrices instead of three. */
  readonly gatedMlp?: boolean;
  readonly moe?: MixtureOfExperts;
  readonly mla?: LatentAttention;
  /** Layers that keep only a window of the context. */
  readonly slidingWindow?: { readonly tokens: number; readonly layers: number };
  readonly source: string;
}

/**
 * `fp8` stands for every format of a byte, `int4` for AWQ, GPTQ and their like. In `mxfp4` only the
 * experts are small, as gpt-oss has it; in the others all layers are, but not the embeddings.
 */
export type WeightFormat = 'bf16' | 'fp8' | 'mxfp4' | 'int4';

export interface MixtureOfExperts {
  readonly experts: number;
  /** Experts that each token goes through. */
  readonly topK: number;
  readonly intermediateSize: number;
  /** Experts that every token goes through besides, in units of one routed expert. */
  readonly sharedExperts: number;
  /** Layers at the bottom with an ordinary MLP of the model's `intermediateSize`. */
  readonly denseLayers: number;
}

/**
 * DeepSeek's attention, which caches one latent vector for all heads. `headDim` of the model is the
 * part of a head without position.
 */
export interface LatentAttention {
  readonly kvLoraRank: number;
  /** 0 where queries are not compressed. */
  readonly qLoraRank: number;
  readonly ropeHeadDim: number;
  readonly valueHeadDim: number;
}

/** Of a weight or a cached value in 16 bits. */
export const bytesPerValue = 2;

/**
 * Keys and values of one token on one GPU, while all layers still hold it. Heads are replicated
 * when there are too few to split, and a latent vector always is.
 */
export function kvBytesPerToken(
  model: Model,
  tensorParallelSize: number,
  valueBytes = bytesPerValue,
): number {
  return model.layers * kvBytesPerTokenAndLayer(model, tensorParallelSize, valueBytes);
}

export function kvBytesPerTokenAndLayer(
  { kvHeads, headDim, mla }: Model,
  tensorParallelSize: number,
  valueBytes = bytesPerValue,
): number {
  if (mla !== undefined) return (mla.kvLoraRank + mla.ropeHeadDim) * valueBytes;
  return 2 * Math.max(1, kvHeads / tensorParallelSize) * headDim * valueBytes;
}
