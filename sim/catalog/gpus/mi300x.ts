import type { Gpu } from '../gpu.ts';

export default {
  name: 'MI300X',
  bf16Tflops: 1_307,
  fp8Tflops: 2_615,
  bandwidthGBps: 5_300,
  memoryBytes: 206_100_000_000,
  linkKind: 'infinity-fabric',
  linkGBps: 448,
  attentionKernel: 'other',
  tdpWatts: 750,
  source: 'AMD Instinct MI300X data sheet',
  unverified: 'link, TDP',
} as const satisfies Gpu;
