import type { Gpu } from '../gpu.ts';

export default {
  name: 'A100-80GB-PCIe',
  bf16Tflops: 312,
  bandwidthGBps: 1_935,
  memoryBytes: 85_000_000_000,
  linkKind: 'pcie',
  linkGBps: 32,
  attentionKernel: 'flash-attention-2',
  tdpWatts: 300,
  source: 'NVIDIA A100 data sheet',
} as const satisfies Gpu;
