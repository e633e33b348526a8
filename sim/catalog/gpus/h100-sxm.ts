import type { Gpu } from '../gpu.ts';

export default {
  name: 'H100-SXM',
  bf16Tflops: 989,
  fp8Tflops: 1_979,
  bandwidthGBps: 3_350,
  memoryBytes: 85_000_000_000,
  linkKind: 'nvlink',
  linkGBps: 450,
  attentionKernel: 'flash-attention-3',
  tdpWatts: 700,
  source: 'NVIDIA H100 data sheet',
} as const satisfies Gpu;
