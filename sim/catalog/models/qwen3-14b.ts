import type { Model } from '../model.ts';

export default {
  name: 'Qwen3-14B',
  layers: 40,
  hiddenSize: 5_120,
  heads: 40,
  kvHeads: 8,
  headDim: 128,
  intermediateSize: 17_408,
  vocabSize: 151_936,
  maxPositionEmbeddings: 40_960,
  parameters: 14_768_307_200,
  weightFormat: 'bf16',
  source: 'config.json of Qwen/Qwen3-14B',
} as const satisfies Model;
