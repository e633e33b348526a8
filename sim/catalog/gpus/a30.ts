import type { Gpu } from '../gpu.ts';

export default {
  name: 'A30',
  bf16Tflops: 165,
  bandwidthGBps: 933,
  memoryBytes: 25_270_000_000,
  linkKind: 'pcie',
  linkGBps: 32,
  attentionKernel: 'flash-attention-2',
  tdpWatts: 165,
  source: 'NVIDIA A30 data sheet',
  unverified: 'memory total',
} as const satisfies Gpu;
