import type { Gpu } from '../gpu.ts';

export default {
  name: 'L4',
  bf16Tflops: 121,
  bandwidthGBps: 300,
  memoryBytes: 24_150_000_000,
  linkGBps: 32,
  source: 'NVIDIA L4 data sheet',
} as const satisfies Gpu;
