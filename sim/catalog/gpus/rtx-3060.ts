import type { Gpu } from '../gpu.ts';

export default {
  name: 'RTX-3060',
  bf16Tflops: 25.5,
  bandwidthGBps: 360,
  memoryBytes: 12_620_000_000,
  linkKind: 'pcie',
  linkGBps: 32,
  attentionKernel: 'flash-attention-2',
  tdpWatts: 170,
  source: 'NVIDIA GA102 white paper, scaled to GA106',
  unverified: 'TDP',
} as const satisfies Gpu;
