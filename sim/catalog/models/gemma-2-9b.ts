import type { Model } from '../model.ts';

export default {
  name: 'Gemma-2-9B',
  layers: 42,
  hiddenSize: 3_584,
  heads: 16,
  kvHeads: 8,
  headDim: 256,
  intermediateSize: 14_336,
  vocabSize: 256_000,
  maxPositionEmbeddings: 8_192,
  parameters: 9_241_705_984,
  weightFormat: 'bf16',
  tiedEmbeddings: true,
  slidingWindow: { tokens: 4_096, layers: 21 },
  source: 'config.json of google/gemma-2-9b-it',
} as const satisfies Model;
