import { plainRequest } from '../../scenarios/plain-request.ts';
import type { RequestSource, RequestSpec } from '../../scenarios/request-stream.ts';

export interface GivenRequest {
  readonly atMs: number;
  readonly promptTokens?: number;
  readonly outputTokens?: number;
  /** Those of the same text begin alike. */
  readonly text?: number;
}

/** Just these requests, by time. */
export class GivenRequests implements RequestSource {
  readonly #requests: readonly GivenRequest[];
  #next = 0;

  constructor(requests: readonly GivenRequest[]) {
    this.#requests = requests;
  }

  get nextArrivalUs(): number {
    const next = this.#requests[this.#next];
    return next === undefined ? Number.POSITIVE_INFINITY : next.atMs * 1_000;
  }

  next(): RequestSpec {
    const arrivalUs = this.nextArrivalUs;
    const id = this.#next++;
    const { outputTokens = 1, promptTokens = 64, text = 1_000 + id } = this.#requests[id]!;
    return plainRequest({
      id,
      arrivalUs,
      tenant: 'given',
      promptTokens,
      outputTokens,
      prompt: [{ text, from: 0, tokens: promptTokens }],
      answer: { text: 1_000_000 + id, from: 0 },
    });
  }
}
