import type { Model } from '../model.ts';

export default {
  name: 'Llama-3.2-3B',
  layers: 28,
  hiddenSize: 3_072,
  heads: 24,
  kvHeads: 8,
  headDim: 128,
  intermediateSize: 8_192,
  vocabSize: 128_256,
  maxPositionEmbeddings: 131_072,
  parameters: 3_212_749_824,
  weightFormat: 'bf16',
  tiedEmbeddings: true,
  source: 'config.json of meta-llama/Llama-3.2-3B-Instruct',
} as const satisfies Model;
