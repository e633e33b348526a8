import type { Gpu } from '../gpu.ts';

export default {
  name: 'T4',
  bf16Tflops: 65,
  hasBf16: false,
  bandwidthGBps: 320,
  memoryBytes: 15_630_000_000,
  linkKind: 'pcie',
  linkGBps: 16,
  attentionKernel: 'other',
  tdpWatts: 70,
  source: 'NVIDIA T4 data sheet',
} as const satisfies Gpu;
