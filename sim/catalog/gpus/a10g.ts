import type { Gpu } from '../gpu.ts';

export default {
  name: 'A10G',
  bf16Tflops: 70,
  bandwidthGBps: 600,
  memoryBytes: 23_680_000_000,
  linkKind: 'pcie',
  linkGBps: 32,
  attentionKernel: 'flash-attention-2',
  tdpWatts: 300,
  source: 'AWS G5 instance pages; the card has no public data sheet',
  unverified: 'rate, TDP',
} as const satisfies Gpu;
