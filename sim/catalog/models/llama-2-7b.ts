import type { Model } from '../model.ts';

export default {
  name: 'Llama-2-7B',
  layers: 32,
  hiddenSize: 4_096,
  heads: 32,
  kvHeads: 32,
  headDim: 128,
  intermediateSize: 11_008,
  vocabSize: 32_000,
  maxPositionEmbeddings: 4_096,
  parameters: 6_738_415_616,
  weightFormat: 'bf16',
  source: 'config.json of meta-llama/Llama-2-7b-hf',
} as const satisfies Model;
