import type { Gpu } from '../gpu.ts';

export default {
  name: 'RTX-4090',
  bf16Tflops: 165.2,
  bandwidthGBps: 1_008,
  memoryBytes: 25_250_627_584,
  linkGBps: 32,
  source: 'NVIDIA Ada architecture white paper',
} as const satisfies Gpu;
