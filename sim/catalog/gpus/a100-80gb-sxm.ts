import type { Gpu } from '../gpu.ts';

export default {
  name: 'A100-80GB-SXM',
  bf16Tflops: 312,
  bandwidthGBps: 2_039,
  memoryBytes: 85_100_000_000,
  linkKind: 'nvlink',
  linkGBps: 300,
  attentionKernel: 'flash-attention-2',
  tdpWatts: 400,
  source: 'NVIDIA A100 data sheet',
} as const satisfies Gpu;
