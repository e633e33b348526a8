import type { Gpu } from '../gpu.ts';

export default {
  name: 'L40',
  bf16Tflops: 181,
  fp8Tflops: 362,
  bandwidthGBps: 864,
  memoryBytes: 47_670_000_000,
  linkKind: 'pcie',
  linkGBps: 32,
  attentionKernel: 'flash-attention-2',
  tdpWatts: 300,
  source: 'NVIDIA L40 data sheet',
  unverified: 'fp8 rate, TDP',
} as const satisfies Gpu;
