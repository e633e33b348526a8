/**
 * How far real kernels stay behind the data sheet: the constants of the roofline step time. They
 * are fitted together and mean little one by one; never mix two sets.
 */
export interface Efficiency {
  readonly weightBandwidth: number;
  readonly compute: number;
  readonly kvBandwidth: number;
  readonly attention: number;
  readonly link: number;
  readonly head: number;
  readonly allReduceMs: number;
  readonly layerMs: number;
  readonly stepMs: number;
  /** How sharply a step turns from reading weights to arithmetic. */
  readonly overlapNorm: number;
  readonly elementwise: number;
  readonly meanContext: number;
  readonly sequenceMs: number;
  /** Per token of history and layer, in nanoseconds: it parallelises badly. */
  readonly historyNs: number;
  readonly mixed: MixedEfficiency;
}

/** What is slower in a step that holds prompts and decodes. */
export interface MixedEfficiency {
  /** Share by which reading the KV cache takes longer. */
  readonly kvCache: number;
  /** The same once more, where one attention kernel works on prompts and decodes together. */
  readonly sharedKernelKvCache: number;
  readonly layerMs: number;
  /** Share of the arithmetic of the prompt, which no longer has a size that fills all tiles. */
  readonly compute: number;
}
