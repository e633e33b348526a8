import type { Gpu } from '../gpu.ts';

export default {
  name: 'RTX-5090',
  bf16Tflops: 209.5,
  fp8Tflops: 419,
  bandwidthGBps: 1_792,
  memoryBytes: 33_670_000_000,
  linkKind: 'pcie',
  linkGBps: 64,
  attentionKernel: 'flash-attention-2',
  tdpWatts: 575,
  source: 'NVIDIA RTX Blackwell white paper',
  unverified: 'fp8 rate',
} as const satisfies Gpu;
