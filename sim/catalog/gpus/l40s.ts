import type { Gpu } from '../gpu.ts';

export default {
  name: 'L40S',
  bf16Tflops: 362,
  fp8Tflops: 733,
  bandwidthGBps: 864,
  memoryBytes: 47_670_000_000,
  linkKind: 'pcie',
  linkGBps: 32,
  tdpWatts: 350,
  efficiency: {
    weightBandwidth: 0.759,
    compute: 0.818,
    kvBandwidth: 0.789,
    kvBandwidthMixed: 0.75,
    attention: 0.404,
    link: 0.558,
    head: 1.1,
    allReduceMs: 0,
    layerMs: 0.0243,
    stepMs: 0,
    overlapNorm: 2.83,
    elementwise: 4.63,
    meanContext: 0,
    sequenceMs: 0,
  },
  source: 'NVIDIA L40S data sheet',
} as const satisfies Gpu;
