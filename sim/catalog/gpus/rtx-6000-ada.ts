import type { Gpu } from '../gpu.ts';

export default {
  name: 'RTX-6000-Ada',
  bf16Tflops: 364.2,
  fp8Tflops: 728.5,
  bandwidthGBps: 960,
  memoryBytes: 50_900_000_000,
  linkKind: 'pcie',
  linkGBps: 32,
  attentionKernel: 'flash-attention-2',
  tdpWatts: 300,
  source: 'NVIDIA RTX 6000 Ada data sheet',
  unverified: 'fp8 rate',
} as const satisfies Gpu;
