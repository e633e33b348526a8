import type { Model } from '../model.ts';

export default {
  name: 'Gemma-3-12B',
  layers: 48,
  hiddenSize: 3_840,
  heads: 16,
  kvHeads: 8,
  headDim: 256,
  intermediateSize: 15_360,
  vocabSize: 262_208,
  maxPositionEmbeddings: 131_072,
  parameters: 11_765_788_416,
  weightFormat: 'bf16',
  tiedEmbeddings: true,
  slidingWindow: { tokens: 1_024, layers: 40 },
  source: 'config.json of google/gemma-3-12b-it (the decoder)',
} as const satisfies Model;
