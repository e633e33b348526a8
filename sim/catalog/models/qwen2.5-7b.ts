import type { Model } from '../model.ts';

export default {
  name: 'Qwen2.5-7B',
  layers: 28,
  hiddenSize: 3_584,
  heads: 28,
  kvHeads: 4,
  headDim: 128,
  intermediateSize: 18_944,
  vocabSize: 152_064,
  maxPositionEmbeddings: 32_768,
  parameters: 7_615_616_512,
  weightFormat: 'bf16',
  source: 'config.json of Qwen/Qwen2.5-7B-Instruct',
} as const satisfies Model;
