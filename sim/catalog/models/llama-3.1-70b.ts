import type { Model } from '../model.ts';

export default {
  name: 'Llama-3.1-70B',
  layers: 80,
  hiddenSize: 8_192,
  heads: 64,
  kvHeads: 8,
  headDim: 128,
  intermediateSize: 28_672,
  vocabSize: 128_256,
  maxPositionEmbeddings: 131_072,
  parameters: 70_553_706_496,
  weightFormat: 'bf16',
  source: 'config.json of meta-llama/Llama-3.1-70B-Instruct',
} as const satisfies Model;
