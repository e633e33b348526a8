import type { Random } from '../../core/random.ts';
import type { RequestSource, RequestSpec } from '../../scenarios/request-stream.ts';

export interface BacklogOptions {
  /** Whose requests are taken, in their order; their times are not. */
  readonly traffic: RequestSource;
  /** How many are in the system at any time. */
  readonly backlog: number;
  /** How many are sent in all. */
  readonly requests: number;
  /** Of the requests of the traffic, those that are sent; the others went to another fleet. */
  readonly share: number;
  readonly chance: Random;
}

/** Sends a request whenever another one has ended, so that the fleet is never short of work. */
export class BacklogSource implements RequestSource {
  readonly #options: BacklogOptions;
  #nowUs = 0;
  #sent = 0;
  #inSystem = 0;

  constructor(options: BacklogOptions) {
    this.#options = options;
  }

  get nextArrivalUs(): number {
    const { backlog, requests } = this.#options;
    const sends = this.#inSystem < backlog && this.#sent < requests;
    return sends ? this.#nowUs : Number.POSITIVE_INFINITY;
  }

  next(): RequestSpec {
    const { chance, share, traffic } = this.#options;
    let request = traffic.next();
    while (share < 1 && chance() >= share) request = traffic.next();
    this.#inSystem += 1;
    return { ...request, id: this.#sent++, arrivalUs: this.#nowUs };
  }

  ended(_id: number, nowUs: number): void {
    this.#inSystem -= 1;
    this.#nowUs = nowUs;
  }
}
