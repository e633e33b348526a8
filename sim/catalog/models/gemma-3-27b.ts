import type { Model } from '../model.ts';

export default {
  name: 'Gemma-3-27B',
  layers: 62,
  hiddenSize: 5_376,
  heads: 32,
  kvHeads: 16,
  headDim: 128,
  intermediateSize: 21_504,
  vocabSize: 262_208,
  maxPositionEmbeddings: 131_072,
  parameters: 27_009_002_240,
  weightFormat: 'bf16',
  tiedEmbeddings: true,
  slidingWindow: { tokens: 1_024, layers: 52 },
  source: 'config.json of google/gemma-3-27b-it (the decoder)',
} as const satisfies Model;
