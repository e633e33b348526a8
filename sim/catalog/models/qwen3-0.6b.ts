import type { Model } from '../model.ts';

export default {
  name: 'Qwen3-0.6B',
  layers: 28,
  hiddenSize: 1_024,
  heads: 16,
  kvHeads: 8,
  headDim: 128,
  intermediateSize: 3_072,
  vocabSize: 151_936,
  maxPositionEmbeddings: 40_960,
  parameters: 596_049_920,
  weightFormat: 'bf16',
  tiedEmbeddings: true,
  source: 'config.json of Qwen/Qwen3-0.6B',
} as const satisfies Model;
