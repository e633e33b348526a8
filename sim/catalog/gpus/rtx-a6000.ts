import type { Gpu } from '../gpu.ts';

export default {
  name: 'RTX-A6000',
  bf16Tflops: 154.8,
  bandwidthGBps: 768,
  memoryBytes: 50_900_000_000,
  linkKind: 'pcie',
  linkGBps: 32,
  attentionKernel: 'flash-attention-2',
  tdpWatts: 300,
  source: 'NVIDIA RTX A6000 data sheet',
} as const satisfies Gpu;
