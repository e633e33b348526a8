import type { Model } from '../model.ts';

export default {
  name: 'Mistral-7B-v0.3',
  layers: 32,
  hiddenSize: 4_096,
  heads: 32,
  kvHeads: 8,
  headDim: 128,
  intermediateSize: 14_336,
  vocabSize: 32_768,
  maxPositionEmbeddings: 32_768,
  parameters: 7_248_023_552,
  weightFormat: 'bf16',
  source: 'config.json of mistralai/Mistral-7B-Instruct-v0.3',
} as const satisfies Model;
