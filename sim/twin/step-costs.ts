import {
  clearShape,
  emptyShape,
  type StepShape,
  type StepTimeModel,
} from '../step-time/step-time.ts';

const probedTokens = 10_000;

export interface StepCostsOptions {
  readonly engines: number;
  readonly maxNumBatchedTokens: number;
  readonly stepTime: StepTimeModel;
}

/**
 * What things cost on an engine around where it works now: the step-time model, made linear there,
 * so that a forecast is a few multiplications.
 */
export class StepCosts {
  /** A step that only decodes, and what one more sequence and one more token of context add. */
  decodeUs = 0;
  sequenceUs = 0;
  contextUs = 0;
  /** A step whose budget is filled up with prompts. */
  fullStepUs = 0;
  /** Of a prompt token beside those who decode, without attention to what comes before it. */
  promptTokenUs = 0;
  /** Attention, of each prompt token to each token before it. */
  readonly #attentionUs: number;
  readonly #stepTime: StepTimeModel;
  readonly #engines: number;
  readonly #budget: number;
  readonly #shape: StepShape = emptyShape();

  constructor({ engines, maxNumBatchedTokens, stepTime }: StepCostsOptions) {
    this.#stepTime = stepTime;
    this.#engines = engines;
    this.#budget = engines * maxNumBatchedTokens;
    const shape = this.#shape;
    shape.prefillTokens = maxNumBatchedTokens;
    shape.sequences = 1;
    const plainUs = stepTime.stepUs(shape);
    shape.prefillAttention = probedTokens * probedTokens;
    const attentionUs = (stepTime.stepUs(shape) - plainUs) / shape.prefillAttention;
    shape.prefillAttention = 0;
    shape.prefillHistory = probedTokens;
    const historyUs = (stepTime.stepUs(shape) - plainUs) / probedTokens;
    // The history is read once for each chunk, and a chunk is as long as the budget.
    this.#attentionUs = (attentionUs + historyUs / maxNumBatchedTokens) / engines;
  }

  /** Prompt tokens that fit in a step beside those who decode. */
  room(decodeSeqs: number): number {
    return Math.max(1, this.#budget - decodeSeqs);
  }

  /** To compute a prompt, beside the steps that would be taken anyway. */
  promptUs(promptTokens: number, cachedTokens: number): number {
    const tokens = Math.max(1, promptTokens - cachedTokens);
    const before = promptTokens - tokens / 2;
    return tokens * (this.promptTokenUs + this.#attentionUs * before);
  }

  /** To what all its engines together hold; engines know whole sequences and tokens only. */
  moveTo(decodeSeqs: number, context: number): void {
    const engines = this.#engines;
    const ownSeqs = Math.round(decodeSeqs / engines);
    const seqs = Math.max(1, ownSeqs);
    const tokens = Math.max(seqs, context / engines);
    this.decodeUs = this.#decode(seqs, tokens);
    this.sequenceUs = (this.#decode(seqs + 8, tokens) - this.decodeUs) / (8 * engines);
    const moreUs = this.#decode(seqs, tokens + probedTokens) - this.decodeUs;
    this.contextUs = moreUs / (probedTokens * engines);
    const room = this.room(decodeSeqs);
    const shape = this.#shape;
    clearShape(shape);
    shape.prefillTokens = Math.round(room / engines);
    shape.decodeSeqs = ownSeqs;
    shape.decodeContext = ownSeqs > 0 ? tokens : 0;
    shape.sequences = ownSeqs + 1;
    this.fullStepUs = this.#stepTime.stepUs(shape);
    this.promptTokenUs = Math.max(0.01, (this.fullStepUs - this.decodeUs) / room);
  }

  #decode(seqs: number, context: number): number {
    const shape = this.#shape;
    clearShape(shape);
    shape.decodeSeqs = seqs;
    shape.decodeContext = context;
    shape.sequences = seqs;
    return this.#stepTime.stepUs(shape);
  }
}
