import type { Model } from '../model.ts';

export default {
  name: 'gpt-oss-120b',
  layers: 36,
  hiddenSize: 2_880,
  heads: 64,
  kvHeads: 8,
  headDim: 64,
  intermediateSize: 2_880,
  vocabSize: 201_088,
  maxPositionEmbeddings: 131_072,
  parameters: 116_829_156_672,
  weightFormat: 'mxfp4',
  moe: {
    experts: 128,
    topK: 4,
    intermediateSize: 2_880,
    sharedExperts: 0,
    denseLayers: 0,
  },
  slidingWindow: { tokens: 128, layers: 18 },
  source: 'config.json of openai/gpt-oss-120b',
} as const satisfies Model;
