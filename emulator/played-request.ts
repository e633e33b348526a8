import type { Sequence } from '../sim/replica/sequence.ts';

/** Whoever waits for the answer to a request. All times are those of the engine. */
export interface AnswerListener {
  /** So many tokens, the first of which came with the step that ended at `endsUs[at]`. */
  onTokens(tokens: number, endsUs: ArrayLike<number>, at: number): void;
  onEnd(nowUs: number): void;
}

/** A request in an engine that is played, and what has been said of it. */
export class PlayedRequest {
  readonly sequence: Sequence;
  readonly listener: AnswerListener;
  /** Whether each token is wanted when it is there, and not only the end. */
  readonly isStreamed: boolean;
  /** When the server got it, and when an engine did. */
  readonly arrivalUs: number;
  /** As its client wrote it. */
  readonly maxTokens: number | undefined;
  queuedUs = Number.NaN;
  /** Tokens of the answer that have been told. */
  told = 0;
  firstTokenUs = Number.NaN;
  lastTokenUs = Number.NaN;
  /** Its place among those of its engine that have begun; -1 for none. */
  place = -1;

  constructor(given: {
    readonly sequence: Sequence;
    readonly listener: AnswerListener;
    readonly isStreamed: boolean;
    readonly arrivalUs: number;
    readonly maxTokens: number | undefined;
  }) {
    this.sequence = given.sequence;
    this.listener = given.listener;
    this.isStreamed = given.isStreamed;
    this.arrivalUs = given.arrivalUs;
    this.maxTokens = given.maxTokens;
  }
}
