import type { Model } from '../model.ts';

export default {
  name: 'Llama-3.1-405B',
  layers: 126,
  hiddenSize: 16_384,
  heads: 128,
  kvHeads: 8,
  headDim: 128,
  intermediateSize: 53_248,
  vocabSize: 128_256,
  maxPositionEmbeddings: 131_072,
  parameters: 405_853_388_800,
  weightFormat: 'bf16',
  source: 'config.json of meta-llama/Llama-3.1-405B-Instruct',
} as const satisfies Model;
