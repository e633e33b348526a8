import type { Model } from '../model.ts';

export default {
  name: 'Llama-2-70B',
  layers: 80,
  hiddenSize: 8_192,
  heads: 64,
  kvHeads: 8,
  headDim: 128,
  intermediateSize: 28_672,
  vocabSize: 32_000,
  maxPositionEmbeddings: 4_096,
  parameters: 68_976_648_192,
  weightFormat: 'bf16',
  source: 'config.json of meta-llama/Llama-2-70b-hf',
} as const satisfies Model;
