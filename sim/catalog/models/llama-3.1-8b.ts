import type { Model } from '../model.ts';

export default {
  name: 'Llama-3.1-8B',
  layers: 32,
  hiddenSize: 4_096,
  heads: 32,
  kvHeads: 8,
  headDim: 128,
  intermediateSize: 14_336,
  vocabSize: 128_256,
  maxPositionEmbeddings: 131_072,
  parameters: 8_030_261_248,
  weightFormat: 'bf16',
  source: 'config.json of meta-llama/Llama-3.1-8B-Instruct',
} as const satisfies Model;
