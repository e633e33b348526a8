import type { Gpu } from '../gpu.ts';

export default {
  name: 'H200-SXM',
  bf16Tflops: 989,
  fp8Tflops: 1_979,
  bandwidthGBps: 4_800,
  memoryBytes: 150_100_000_000,
  linkKind: 'nvlink',
  linkGBps: 450,
  attentionKernel: 'flash-attention-3',
  tdpWatts: 700,
  source: 'NVIDIA H200 data sheet',
} as const satisfies Gpu;
