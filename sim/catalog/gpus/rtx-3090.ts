import type { Gpu } from '../gpu.ts';

export default {
  name: 'RTX-3090',
  bf16Tflops: 71,
  bandwidthGBps: 936,
  memoryBytes: 25_300_000_000,
  linkKind: 'pcie',
  linkGBps: 32,
  attentionKernel: 'flash-attention-2',
  tdpWatts: 350,
  source: 'NVIDIA GA102 white paper',
} as const satisfies Gpu;
