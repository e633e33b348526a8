import type { Gpu } from '../gpu.ts';

export default {
  name: 'A100-40GB-SXM',
  bf16Tflops: 312,
  bandwidthGBps: 1_555,
  memoryBytes: 42_300_000_000,
  linkKind: 'nvlink',
  linkGBps: 300,
  attentionKernel: 'flash-attention-2',
  tdpWatts: 400,
  source: 'NVIDIA A100 data sheet',
} as const satisfies Gpu;
