import type { Gpu } from '../gpu.ts';

export default {
  name: 'H100-PCIe',
  bf16Tflops: 756,
  fp8Tflops: 1_513,
  bandwidthGBps: 2_000,
  memoryBytes: 85_000_000_000,
  linkKind: 'pcie',
  linkGBps: 64,
  attentionKernel: 'flash-attention-3',
  tdpWatts: 350,
  source: 'NVIDIA H100 data sheet',
} as const satisfies Gpu;
