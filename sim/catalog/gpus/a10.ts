import type { Gpu } from '../gpu.ts';

export default {
  name: 'A10',
  bf16Tflops: 125,
  bandwidthGBps: 600,
  memoryBytes: 23_680_000_000,
  linkKind: 'pcie',
  linkGBps: 32,
  attentionKernel: 'flash-attention-2',
  tdpWatts: 150,
  source: 'NVIDIA A10 data sheet',
} as const satisfies Gpu;
