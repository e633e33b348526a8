import type { Gpu } from '../gpu.ts';

export default {
  name: 'RTX-PRO-6000',
  bf16Tflops: 503.8,
  fp8Tflops: 1_007.6,
  bandwidthGBps: 1_792,
  memoryBytes: 102_000_000_000,
  linkKind: 'pcie',
  linkGBps: 64,
  tdpWatts: 600,
  efficiency: {
    weightBandwidth: 0.832,
    compute: 0.895,
    kvBandwidth: 0.874,
    kvBandwidthMixed: 0.635,
    attention: 0.255,
    link: 0.499,
    head: 1.1,
    allReduceMs: 0.0091,
    layerMs: 0,
    stepMs: 1.4,
    overlapNorm: 1.54,
    elementwise: 2.39,
    meanContext: 0,
    sequenceMs: 0,
  },
  source: 'NVIDIA RTX PRO 6000 Blackwell data sheet',
} as const satisfies Gpu;
