import type { Model } from '../model.ts';

export default {
  name: 'BLOOM-176B',
  layers: 70,
  hiddenSize: 14_336,
  heads: 112,
  kvHeads: 112,
  headDim: 128,
  intermediateSize: 57_344,
  vocabSize: 250_880,
  maxPositionEmbeddings: 2_048,
  parameters: 176_247_271_424,
  weightFormat: 'bf16',
  tiedEmbeddings: true,
  gatedMlp: false,
  source: 'config.json of bigscience/bloom',
} as const satisfies Model;
