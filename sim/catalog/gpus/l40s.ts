import type { Gpu } from '../gpu.ts';

export default {
  name: 'L40S',
  bf16Tflops: 362,
  fp8Tflops: 733,
  bandwidthGBps: 864,
  memoryBytes: 47_670_000_000,
  linkKind: 'pcie',
  linkGBps: 32,
  attentionKernel: 'flash-attention-2',
  tdpWatts: 350,
  source: 'NVIDIA L40S data sheet',
} as const satisfies Gpu;
