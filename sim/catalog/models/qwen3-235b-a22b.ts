import type { Model } from '../model.ts';

export default {
  name: 'Qwen3-235B-A22B',
  layers: 94,
  hiddenSize: 4_096,
  heads: 64,
  kvHeads: 4,
  headDim: 128,
  intermediateSize: 12_288,
  vocabSize: 151_936,
  maxPositionEmbeddings: 40_960,
  parameters: 235_093_634_560,
  weightFormat: 'bf16',
  moe: {
    experts: 128,
    topK: 8,
    intermediateSize: 1_536,
    sharedExperts: 0,
    denseLayers: 0,
  },
  source: 'config.json of Qwen/Qwen3-235B-A22B',
} as const satisfies Model;
