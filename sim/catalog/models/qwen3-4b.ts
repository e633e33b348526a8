import type { Model } from '../model.ts';

export default {
  name: 'Qwen3-4B',
  layers: 36,
  hiddenSize: 2_560,
  heads: 32,
  kvHeads: 8,
  headDim: 128,
  intermediateSize: 9_728,
  vocabSize: 151_936,
  maxPositionEmbeddings: 40_960,
  parameters: 4_022_468_096,
  weightFormat: 'bf16',
  tiedEmbeddings: true,
  source: 'config.json of Qwen/Qwen3-4B',
} as const satisfies Model;
