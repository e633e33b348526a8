import type { Model } from '../model.ts';

export default {
  name: 'Qwen2.5-72B',
  layers: 80,
  hiddenSize: 8_192,
  heads: 64,
  kvHeads: 8,
  headDim: 128,
  intermediateSize: 29_568,
  vocabSize: 152_064,
  maxPositionEmbeddings: 32_768,
  parameters: 72_706_203_648,
  weightFormat: 'bf16',
  source: 'config.json of Qwen/Qwen2.5-72B-Instruct',
} as const satisfies Model;
