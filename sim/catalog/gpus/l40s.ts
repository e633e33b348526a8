import type { Gpu } from '../gpu.ts';

export default {
  name: 'L40S',
  bf16Tflops: 362,
  bandwidthGBps: 864,
  memoryBytes: 48_305_799_168,
  linkGBps: 32,
  source: 'NVIDIA L40S data sheet',
} as const satisfies Gpu;
