import type { Model } from '../model.ts';

export default {
  name: 'Qwen3-8B',
  layers: 36,
  hiddenSize: 4_096,
  heads: 32,
  kvHeads: 8,
  headDim: 128,
  intermediateSize: 12_288,
  vocabSize: 151_936,
  maxPositionEmbeddings: 40_960,
  parameters: 8_190_735_360,
  weightFormat: 'bf16',
  source: 'config.json of Qwen/Qwen3-8B',
} as const satisfies Model;
