/**
 * Of the logarithm. A forecast is wrong by a few per cent for many reasons that say nothing of the
 * replica, and to believe them costs more than it gains: only who is really slower is taken to be.
 */
const deadBand = 0.3;
const mostRatio = 4;
/** Tokens of an answer that make it half as good a witness as there can be. */
const witnessTokens = 2_000;
const mostTrust = 0.1;

/** How much slower a replica is than its model: 1 until there is evidence. */
export class LearnedPace {
  factor = 1;
  #log = 0;

  /** Another engine. */
  forget(): void {
    this.factor = 1;
    this.#log = 0;
  }

  /** An answer took so many times as long as it would have at the present pace. */
  answerTook(ratio: number, tokens: number): void {
    this.#learn(ratio, Math.min(mostTrust, tokens / witnessTokens));
  }

  /** A first token came so much later than forecast; a little later means nothing. */
  firstTokenTook(ratio: number): void {
    if (ratio > 2.5) this.#learn(ratio, mostTrust);
  }

  #learn(ratio: number, trust: number): void {
    const seen = Math.min(mostRatio, Math.max(1 / mostRatio, ratio));
    this.#log += trust * (Math.log(this.factor * seen) - this.#log);
    const beyond = Math.max(0, Math.abs(this.#log) - deadBand);
    this.factor = Math.exp(Math.sign(this.#log) * beyond);
  }
}
