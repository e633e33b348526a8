import type { Model } from '../model.ts';

export default {
  name: 'Llama-3.2-1B',
  layers: 16,
  hiddenSize: 2_048,
  heads: 32,
  kvHeads: 8,
  headDim: 64,
  intermediateSize: 8_192,
  vocabSize: 128_256,
  maxPositionEmbeddings: 131_072,
  parameters: 1_235_814_400,
  weightFormat: 'bf16',
  tiedEmbeddings: true,
  source: 'config.json of meta-llama/Llama-3.2-1B-Instruct',
} as const satisfies Model;
