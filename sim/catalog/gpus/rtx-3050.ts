import type { Gpu } from '../gpu.ts';

export default {
  name: 'RTX-3050',
  bf16Tflops: 18.2,
  bandwidthGBps: 224,
  memoryBytes: 8_240_000_000,
  linkKind: 'pcie',
  linkGBps: 16,
  attentionKernel: 'flash-attention-2',
  tdpWatts: 130,
  source: 'NVIDIA GA102 white paper, scaled to GA106',
  unverified: 'all of it',
} as const satisfies Gpu;
