import type { Gpu } from '../gpu.ts';

export default {
  name: 'H100-SXM',
  bf16Tflops: 989,
  bandwidthGBps: 3_350,
  memoryBytes: 85_000_000_000,
  linkGBps: 450,
  source: 'NVIDIA H100 data sheet',
} as const satisfies Gpu;
