import type { Gpu } from '../gpu.ts';

export default {
  name: 'L4',
  bf16Tflops: 121,
  fp8Tflops: 242,
  bandwidthGBps: 300,
  memoryBytes: 23_680_000_000,
  linkKind: 'pcie',
  linkGBps: 32,
  attentionKernel: 'flash-attention-2',
  tdpWatts: 72,
  source: 'NVIDIA L4 data sheet',
} as const satisfies Gpu;
