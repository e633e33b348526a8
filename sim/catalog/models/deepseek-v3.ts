import type { Model } from '../model.ts';

export default {
  name: 'DeepSeek-V3',
  layers: 61,
  hiddenSize: 7_168,
  heads: 128,
  kvHeads: 128,
  headDim: 128,
  intermediateSize: 18_432,
  vocabSize: 129_280,
  maxPositionEmbeddings: 163_840,
  parameters: 671_026_419_200,
  weightFormat: 'fp8',
  moe: {
    experts: 256,
    topK: 8,
    intermediateSize: 2_048,
    sharedExperts: 1,
    denseLayers: 3,
  },
  mla: {
    kvLoraRank: 512,
    qLoraRank: 1_536,
    ropeHeadDim: 64,
    valueHeadDim: 128,
  },
  source: 'config.json of deepseek-ai/DeepSeek-V3',
} as const satisfies Model;
