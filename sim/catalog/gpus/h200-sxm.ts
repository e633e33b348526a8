import type { Gpu } from '../gpu.ts';

export default {
  name: 'H200-SXM',
  bf16Tflops: 989,
  bandwidthGBps: 4_800,
  memoryBytes: 150_100_000_000,
  linkGBps: 450,
  source: 'NVIDIA H200 data sheet',
} as const satisfies Gpu;
