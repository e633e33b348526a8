import type { Model } from '../model.ts';

export default {
  name: 'Llama-3.1-70B',
  layers: 80,
  hiddenSize: 8_192,
  heads: 64,
  kvHeads: 8,
  headDim: 128,
  intermediateSize: 28_672,
  vocabSize: 128_256,
  maxPositionEmbeddings: 131_072,
  parameters: 70_550_000_000,
} as const satisfies Model;
