import type { Gpu } from '../gpu.ts';

export default {
  name: 'H100-SXM',
  bf16Tflops: 989,
  fp8Tflops: 1_979,
  bandwidthGBps: 3_350,
  memoryBytes: 85_000_000_000,
  linkKind: 'nvlink',
  linkGBps: 450,
  tdpWatts: 700,
  efficiency: {
    weightBandwidth: 0.949,
    compute: 1.2,
    kvBandwidth: 0.954,
    kvBandwidthMixed: 0.813,
    attention: 1.121,
    link: 0.646,
    head: 1.1,
    allReduceMs: 0.0001,
    layerMs: 0.0573,
    stepMs: 0,
    overlapNorm: 7.78,
    elementwise: 7.77,
    meanContext: 1.07,
    sequenceMs: 0.0006,
  },
  source: 'NVIDIA H100 data sheet',
} as const satisfies Gpu;
