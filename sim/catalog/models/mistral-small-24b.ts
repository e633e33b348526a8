import type { Model } from '../model.ts';

export default {
  name: 'Mistral-Small-24B',
  layers: 40,
  hiddenSize: 5_120,
  heads: 32,
  kvHeads: 8,
  headDim: 128,
  intermediateSize: 32_768,
  vocabSize: 131_072,
  maxPositionEmbeddings: 32_768,
  parameters: 23_572_403_200,
  weightFormat: 'bf16',
  source: 'config.json of mistralai/Mistral-Small-24B-Instruct-2501',
} as const satisfies Model;
