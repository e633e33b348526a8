import type { Model } from '../model.ts';

export default {
  name: 'DeepSeek-V2-Lite',
  layers: 27,
  hiddenSize: 2_048,
  heads: 16,
  kvHeads: 16,
  headDim: 128,
  intermediateSize: 10_944,
  vocabSize: 102_400,
  maxPositionEmbeddings: 163_840,
  parameters: 15_706_484_224,
  weightFormat: 'bf16',
  moe: {
    experts: 64,
    topK: 6,
    intermediateSize: 1_408,
    sharedExperts: 2,
    denseLayers: 1,
  },
  mla: {
    kvLoraRank: 512,
    qLoraRank: 0,
    ropeHeadDim: 64,
    valueHeadDim: 128,
  },
  source: 'config.json of deepseek-ai/DeepSeek-V2-Lite-Chat',
} as const satisfies Model;
