import { TimedQueue } from '../core/timed-queue.ts';
import type { RequestSource, RequestSpec } from './request-stream.ts';

/** How long an answer is taken to need: so much, and more for each token read and written. */
export interface AnswerTime {
  readonly baseUs: number;
  readonly perPromptTokenUs: number;
  readonly perAnswerTokenUs: number;
}

export function answerUs(
  { baseUs, perAnswerTokenUs, perPromptTokenUs }: AnswerTime,
  { outputTokens, promptTokens }: Pick<RequestSpec, 'outputTokens' | 'promptTokens'>,
): number {
  return Math.round(baseUs + perPromptTokenUs * promptTokens + perAnswerTokenUs * outputTokens);
}

/**
 * Traffic without a fleet: every answer takes its nominal time, so that requests which wait for
 * others have something to wait for.
 */
export class PreviewStream implements RequestSource {
  readonly #source: RequestSource;
  readonly #answerTime: AnswerTime;
  readonly #ends = new TimedQueue<number>();

  constructor(source: RequestSource, answerTime: AnswerTime) {
    this.#source = source;
    this.#answerTime = answerTime;
  }

  /** When the next request comes; infinity when there is none any more. */
  get nextArrivalUs(): number {
    const source = this.#source;
    while (this.#ends.nextUs <= source.nextArrivalUs) {
      const { nextUs } = this.#ends;
      if (nextUs === Number.POSITIVE_INFINITY) break;
      source.ended?.(this.#ends.pop()!, nextUs);
    }
    return source.nextArrivalUs;
  }

  next(): RequestSpec {
    // Whoever is due before the next arrival may be the one who sends it.
    void this.nextArrivalUs;
    const request = this.#source.next();
    if (this.#source.ended !== undefined) {
      this.#ends.push(request.arrivalUs + answerUs(this.#answerTime, request), request.id);
    }
    return request;
  }
}
