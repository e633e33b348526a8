import type { Model } from '../model.ts';

export default {
  name: 'Qwen2.5-32B',
  layers: 64,
  hiddenSize: 5_120,
  heads: 40,
  kvHeads: 8,
  headDim: 128,
  intermediateSize: 27_648,
  vocabSize: 152_064,
  maxPositionEmbeddings: 32_768,
  parameters: 32_763_876_352,
  weightFormat: 'bf16',
  source: 'config.json of Qwen/Qwen2.5-32B-Instruct',
} as const satisfies Model;
