import type { Model } from '../model.ts';

export default {
  name: 'Yi-34B',
  layers: 60,
  hiddenSize: 7_168,
  heads: 56,
  kvHeads: 8,
  headDim: 128,
  intermediateSize: 20_480,
  vocabSize: 64_000,
  maxPositionEmbeddings: 4_096,
  parameters: 34_388_917_248,
  weightFormat: 'bf16',
  source: 'config.json of 01-ai/Yi-34B',
} as const satisfies Model;
