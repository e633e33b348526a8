import type { Model } from '../model.ts';

export default {
  name: 'Phi-4',
  layers: 40,
  hiddenSize: 5_120,
  heads: 40,
  kvHeads: 10,
  headDim: 128,
  intermediateSize: 17_920,
  vocabSize: 100_352,
  maxPositionEmbeddings: 16_384,
  parameters: 14_659_507_200,
  weightFormat: 'bf16',
  source: 'config.json of microsoft/phi-4',
} as const satisfies Model;
