import type { Gpu } from '../gpu.ts';

export default {
  name: 'A100-80GB-SXM',
  bf16Tflops: 312,
  bandwidthGBps: 2_039,
  memoryBytes: 85_100_000_000,
  linkKind: 'nvlink',
  linkGBps: 300,
  tdpWatts: 400,
  efficiency: {
    weightBandwidth: 0.754,
    compute: 1.094,
    kvBandwidth: 0.767,
    kvBandwidthMixed: 0.673,
    attention: 1.2,
    link: 0.43,
    head: 1.1,
    allReduceMs: 0.0086,
    layerMs: 0.0463,
    stepMs: 0,
    overlapNorm: 1.95,
    elementwise: 7.66,
    meanContext: 2.03,
    sequenceMs: 0.0013,
  },
  source: 'NVIDIA A100 data sheet',
} as const satisfies Gpu;
