import type { Model } from '../model.ts';

export default {
  name: 'Qwen3-30B-A3B',
  layers: 48,
  hiddenSize: 2_048,
  heads: 32,
  kvHeads: 4,
  headDim: 128,
  intermediateSize: 6_144,
  vocabSize: 151_936,
  maxPositionEmbeddings: 40_960,
  parameters: 30_532_122_624,
  weightFormat: 'bf16',
  moe: {
    experts: 128,
    topK: 8,
    intermediateSize: 768,
    sharedExperts: 0,
    denseLayers: 0,
  },
  source: 'config.json of Qwen/Qwen3-30B-A3B',
} as const satisfies Model;
