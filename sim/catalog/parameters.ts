import type { Model } from './model.ts';

/**
 * Weights of a decoder by their place. Norms, biases and attention sinks are left out: together
 * they are less than one weight in a thousand.
 */
export interface ParameterCount {
  readonly attention: number;
  /** MLPs of the layers that have one, shared experts and the routers. */
  readonly mlp: number;
  /** Of all routed experts. */
  readonly experts: number;
  /** Input embedding and output head, counted once where they are the same. */
  readonly embeddings: number;
  readonly total: number;
  /** What one token goes through. */
  readonly active: number;
}

export function countParameters(model: Model): ParameterCount {
  const { hiddenSize, layers, moe, vocabSize } = model;
  const attention = layers * attentionParameters(model);
  const embeddings = vocabSize * hiddenSize * (model.tiedEmbeddings === true ? 1 : 2);
  const denseLayers = moe === undefined ? layers : moe.denseLayers;
  let mlp = denseLayers * mlpParameters(model, model.intermediateSize);
  let experts = 0;
  let activeExperts = 0;
  if (moe !== undefined) {
    const expert = mlpParameters(model, moe.intermediateSize);
    const sparseLayers = layers - denseLayers;
    mlp += sparseLayers * (moe.sharedExperts * expert + moe.experts * hiddenSize);
    experts = sparseLayers * moe.experts * expert;
    activeExperts = sparseLayers * moe.topK * expert;
  }
  return {
    attention,
    mlp,
    experts,
    embeddings,
    total: attention + mlp + experts + embeddings,
    active: attention + mlp + activeExperts + embeddings,
  };
}

/** Projections of one layer. */
export function attentionParameters(model: Model): number {
  const { hiddenSize, heads, kvHeads, headDim, mla } = model;
  if (mla === undefined) {
    return hiddenSize * (heads + 2 * kvHeads) * headDim + heads * headDim * hiddenSize;
  }
  const { kvLoraRank, qLoraRank, ropeHeadDim, valueHeadDim } = mla;
  const queryDim = heads * (headDim + ropeHeadDim);
  const query = qLoraRank > 0 ? qLoraRank * (hiddenSize + queryDim) : hiddenSize * queryDim;
  const compress = hiddenSize * (kvLoraRank + ropeHeadDim);
  const expand = kvLoraRank * heads * (headDim + valueHeadDim);
  return query + compress + expand + heads * valueHeadDim * hiddenSize;
}

function mlpParameters({ gatedMlp, hiddenSize }: Model, intermediateSize: number): number {
  return (gatedMlp === false ? 2 : 3) * hiddenSize * intermediateSize;
}
