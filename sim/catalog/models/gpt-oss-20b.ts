import type { Model } from '../model.ts';

export default {
  name: 'gpt-oss-20b',
  layers: 24,
  hiddenSize: 2_880,
  heads: 64,
  kvHeads: 8,
  headDim: 64,
  intermediateSize: 2_880,
  vocabSize: 201_088,
  maxPositionEmbeddings: 131_072,
  parameters: 20_914_757_184,
  weightFormat: 'mxfp4',
  moe: {
    experts: 32,
    topK: 4,
    intermediateSize: 2_880,
    sharedExperts: 0,
    denseLayers: 0,
  },
  slidingWindow: { tokens: 128, layers: 12 },
  source: 'config.json of openai/gpt-oss-20b',
} as const satisfies Model;
