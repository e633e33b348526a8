/**
 * A request inside an engine. As in vLLM V1 it has no prefill and no decode phase: it wants the
 * tokens it has (`promptTokens` + `generated`) computed, and each time the last of them is, it gets
 * one more. Decoding is wanting one token.
 */
export class Sequence {
  readonly promptTokens: number;
  /** How long the answer will be; only the engine knows. */
  readonly outputTokens: number;

  generated = 0;
  /** Tokens whose keys and values are in the cache, those of the step in flight included. */
  computed = 0;
  kvBlocks = 0;
  /** Tokens given to it in the step in flight. */
  scheduledTokens = 0;
  scheduledUs = Number.NaN;
  lastTokenUs = Number.NaN;
  gapMaxUs = Number.NaN;
  preemptions = 0;
  aborted = false;

  constructor(lengths: { inputTokens: number; outputTokens: number }) {
    this.promptTokens = lengths.inputTokens;
    this.outputTokens = lengths.outputTokens;
  }

  get tokens(): number {
    return this.promptTokens + this.generated;
  }
}
