import type { Model } from '../model.ts';

export default {
  name: 'CodeLlama-34B',
  layers: 48,
  hiddenSize: 8_192,
  heads: 64,
  kvHeads: 8,
  headDim: 128,
  intermediateSize: 22_016,
  vocabSize: 32_000,
  maxPositionEmbeddings: 16_384,
  parameters: 33_743_970_304,
  weightFormat: 'bf16',
  source: 'config.json of codellama/CodeLlama-34b-hf',
} as const satisfies Model;
