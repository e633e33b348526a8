import type { Gpu } from '../gpu.ts';

export default {
  name: 'RTX-4090',
  bf16Tflops: 165.2,
  fp8Tflops: 330.3,
  bandwidthGBps: 1_008,
  memoryBytes: 25_250_627_584,
  linkKind: 'pcie',
  linkGBps: 32,
  tdpWatts: 450,
  efficiency: {
    weightBandwidth: 0.842,
    compute: 1.2,
    kvBandwidth: 1.498,
    kvBandwidthMixed: 0.219,
    attention: 0.67,
    link: 0.53,
    head: 1.1,
    allReduceMs: 0.0075,
    layerMs: 0.0098,
    stepMs: 0.053,
    overlapNorm: 3.44,
    elementwise: 4.34,
    meanContext: 0.52,
    sequenceMs: 0.0106,
  },
  source: 'NVIDIA Ada architecture white paper',
} as const satisfies Gpu;
