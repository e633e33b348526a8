import type { Gpu } from '../gpu.ts';

export default {
  name: 'A100-40GB-PCIe',
  bf16Tflops: 312,
  bandwidthGBps: 1_555,
  memoryBytes: 42_300_000_000,
  linkKind: 'pcie',
  linkGBps: 32,
  attentionKernel: 'flash-attention-2',
  tdpWatts: 250,
  source: 'NVIDIA A100 data sheet',
  unverified: 'TDP',
} as const satisfies Gpu;
