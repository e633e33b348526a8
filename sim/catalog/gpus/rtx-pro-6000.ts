import type { Gpu } from '../gpu.ts';

export default {
  name: 'RTX-PRO-6000',
  bf16Tflops: 503.8,
  fp8Tflops: 1_007.6,
  bandwidthGBps: 1_792,
  memoryBytes: 102_000_000_000,
  linkKind: 'pcie',
  linkGBps: 64,
  attentionKernel: 'flash-attention-2',
  tdpWatts: 600,
  source: 'NVIDIA RTX PRO 6000 Blackwell data sheet',
} as const satisfies Gpu;
