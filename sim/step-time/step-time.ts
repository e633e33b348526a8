/** What a step holds, in the terms its duration depends on. */
export interface StepShape {
  /** Prompt tokens computed, over all chunks. */
  prefillTokens: number;
  /** Sum over chunks of p * (kv + p/2): chunk tokens p, tokens kv of that sequence before them. */
  prefillAttention: number;
  /** Sum over chunks of kv, the history a chunk reads. */
  prefillHistory: number;
  /** Sequences that compute one token after their last. */
  decodeSeqs: number;
  /** Sum of their context lengths, the tokens they read. */
  decodeContext: number;
  /**
   * Sequences in the step: decoding ones and chunks. vLLM computes logits for each of them, also
   * for a chunk that does not end its prompt.
   */
  sequences: number;
}

export function emptyShape(): StepShape {
  return {
    prefillTokens: 0,
    prefillAttention: 0,
    prefillHistory: 0,
    decodeSeqs: 0,
    decodeContext: 0,
    sequences: 0,
  };
}

export function clearShape(shape: StepShape): void {
  shape.prefillTokens = 0;
  shape.prefillAttention = 0;
  shape.prefillHistory = 0;
  shape.decodeSeqs = 0;
  shape.decodeContext = 0;
  shape.sequences = 0;
}

/** The only place with physics: how long the GPU and its host take for a step. */
export interface StepTimeModel {
  /** Not rounded. */
  stepUs(shape: Readonly<StepShape>): number;
  /**
   * How much longer each step of an unchanging decode batch is than the one before, from one that
   * reads `decodeContext` tokens on. It must be the same for all of `evenSteps`, which makes the
   * length of any number of them a closed form: their contexts grow by a token each, and time is
   * linear in the contexts.
   */
  decodeGrowthUs(decodeSeqs: number, decodeContext: number): number;
  /** How many steps grow by the same, the first included; absent where all of them do. */
  evenSteps?(decodeSeqs: number, decodeContext: number): number;
  /**
   * Whether a step is larger than any that was measured, so that its time is a straight
   * continuation; absent where nothing was measured, or nobody knows what.
   */
  outsideRange?(shape: Readonly<StepShape>): boolean;
}
