import type { Gpu } from '../gpu.ts';

export default {
  name: 'A40',
  bf16Tflops: 149.7,
  bandwidthGBps: 696,
  memoryBytes: 47_670_000_000,
  linkKind: 'pcie',
  linkGBps: 32,
  attentionKernel: 'flash-attention-2',
  tdpWatts: 300,
  source: 'NVIDIA A40 data sheet',
  unverified: 'TDP',
} as const satisfies Gpu;
