import type { Model } from '../model.ts';

export default {
  name: 'Mistral-Nemo-12B',
  layers: 40,
  hiddenSize: 5_120,
  heads: 32,
  kvHeads: 8,
  headDim: 128,
  intermediateSize: 14_336,
  vocabSize: 131_072,
  maxPositionEmbeddings: 131_072,
  parameters: 12_247_782_400,
  weightFormat: 'bf16',
  source: 'config.json of mistralai/Mistral-Nemo-Instruct-2407',
} as const satisfies Model;
