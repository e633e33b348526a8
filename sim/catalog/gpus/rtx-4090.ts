import type { Gpu } from '../gpu.ts';

export default {
  name: 'RTX-4090',
  bf16Tflops: 165.2,
  fp8Tflops: 330.3,
  bandwidthGBps: 1_008,
  memoryBytes: 25_250_627_584,
  linkKind: 'pcie',
  linkGBps: 32,
  attentionKernel: 'flash-attention-2',
  tdpWatts: 450,
  source: 'NVIDIA Ada architecture white paper',
} as const satisfies Gpu;
