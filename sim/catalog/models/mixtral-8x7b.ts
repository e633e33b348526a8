import type { Model } from '../model.ts';

export default {
  name: 'Mixtral-8x7B',
  layers: 32,
  hiddenSize: 4_096,
  heads: 32,
  kvHeads: 8,
  headDim: 128,
  intermediateSize: 14_336,
  vocabSize: 32_000,
  maxPositionEmbeddings: 32_768,
  parameters: 46_702_792_704,
  weightFormat: 'bf16',
  moe: {
    experts: 8,
    topK: 2,
    intermediateSize: 14_336,
    sharedExperts: 0,
    denseLayers: 0,
  },
  source: 'config.json of mistralai/Mixtral-8x7B-Instruct-v0.1',
} as const satisfies Model;
