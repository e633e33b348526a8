import type { Gpu } from '../gpu.ts';

export default {
  name: 'GH200-96GB',
  bf16Tflops: 989,
  fp8Tflops: 1_979,
  bandwidthGBps: 4_000,
  memoryBytes: 101_470_000_000,
  linkKind: 'nvlink',
  linkGBps: 450,
  attentionKernel: 'flash-attention-3',
  tdpWatts: 900,
  source: 'NVIDIA GH200 data sheet',
  unverified: 'bandwidth, link, TDP',
} as const satisfies Gpu;
