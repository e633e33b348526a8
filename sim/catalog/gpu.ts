/** An accelerator as its data sheet has it, and as a driver reports its memory. */
export interface Gpu {
  readonly name: string;
  /** Dense bf16 rate. */
  readonly bf16Tflops: number;
  readonly bandwidthGBps: number;
  /** What the driver reports, which is not the number on the box. */
  readonly memoryBytes: number;
  /** To the other GPUs of the machine, per direction. */
  readonly linkGBps: number;
  /** Fitted efficiencies of this GPU, where there are measurements of it. */
  readonly efficiency?: Efficiency;
  readonly source: string;
}

/**
 * How far real kernels stay behind the data sheet: the constants of the roofline step time. They
 * were fitted together and mean nothing one by one; never mix two sets.
 */
export interface Efficiency {
  readonly weightBandwidth: number;
  readonly compute: number;
  readonly kvBandwidth: number;
  readonly kvBandwidthMixed: number;
  readonly attention: number;
  readonly link: number;
  readonly head: number;
  readonly allReduceMs: number;
  readonly layerMs: number;
  readonly stepMs: number;
  readonly overlapNorm: number;
  readonly elementwise: number;
  readonly meanContext: number;
  readonly sequenceMs: number;
}
