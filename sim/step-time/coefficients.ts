/**
 * How long the GPU takes for a step, as a sum over what the step holds, in milliseconds:
 *
 *     t = base + slope of each stretch between knots * tokens in it
 *       + sequence * B + (context + narrowContext * min(B, 32) / B) * C + meanContext * C/B
 *       + attention * S + history * K
 *       + in a step with prompts and decodes: mixed.base + mixed.token * P
 *         + mixed.shortToken * min(P, 512) + mixed.sequence * B + mixed.context * C
 *         + mixed.meanContext * C/B
 *
 * with P prompt tokens, B decoding sequences, C the sum of their contexts, S and K as in the shape
 * of a step, and P + B tokens. None is negative, so time never falls when a step holds more; and it
 * is linear in the contexts, so the steps of an unchanging decode batch grow by a constant.
 */
export interface StepCoefficients {
  readonly baseMs: number;
  /** Numbers of tokens from which another slope holds; the last one holds for all above. */
  readonly knots: readonly number[];
  readonly tokenMs: readonly number[];
  readonly sequenceMs: number;
  readonly contextMs: number;
  /** Small batches do not fill the memory bandwidth, so that their contexts cost more. */
  readonly narrowContextMs: number;
  readonly meanContextMs: number;
  readonly attentionMs: number;
  readonly historyMs: number;
  readonly mixed: MixedCoefficients;
}

/** What a step pays for holding prompts and decodes at the same time. */
export interface MixedCoefficients {
  readonly baseMs: number;
  readonly tokenMs: number;
  readonly shortTokenMs: number;
  readonly sequenceMs: number;
  readonly contextMs: number;
  readonly meanContextMs: number;
}

/** Decoding sequences up to which another one costs `narrowContextMs` besides. */
export const narrowBatch = 32;

/** Prompt tokens up to which another one costs `mixed.shortTokenMs` besides. */
export const shortPrompt = 512;
