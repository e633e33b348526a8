import type { Gpu } from '../gpu.ts';

export default {
  name: 'H100-NVL',
  bf16Tflops: 835,
  fp8Tflops: 1_671,
  bandwidthGBps: 3_938,
  memoryBytes: 99_960_000_000,
  linkKind: 'nvlink',
  linkGBps: 300,
  attentionKernel: 'flash-attention-3',
  tdpWatts: 400,
  source: 'NVIDIA H100 NVL data sheet',
  unverified: 'bandwidth, link',
} as const satisfies Gpu;
