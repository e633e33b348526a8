import type { Model } from '../model.ts';

export default {
  name: 'Qwen3-32B',
  layers: 64,
  hiddenSize: 5_120,
  heads: 64,
  kvHeads: 8,
  headDim: 128,
  intermediateSize: 25_600,
  vocabSize: 151_936,
  maxPositionEmbeddings: 40_960,
  parameters: 32_762_123_264,
  weightFormat: 'bf16',
  source: 'config.json of Qwen/Qwen3-32B',
} as const satisfies Model;
