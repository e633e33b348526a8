import type { Gpu } from '../gpu.ts';

export default {
  name: 'B200-SXM',
  bf16Tflops: 2_250,
  fp8Tflops: 4_500,
  bandwidthGBps: 8_000,
  memoryBytes: 191_500_000_000,
  linkKind: 'nvlink',
  linkGBps: 900,
  attentionKernel: 'other',
  tdpWatts: 1_000,
  source: 'NVIDIA DGX B200 data sheet',
} as const satisfies Gpu;
