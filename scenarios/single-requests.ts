import type { ArrivalProcess } from './arrivals.ts';
import type { PrefixTree } from './prefix-tree.ts';
import type { RequestLengths } from './request-lengths.ts';
import type { RequestMaker, TenantSource } from './request-maker.ts';
import type { RequestSpec } from './request-stream.ts';
import type { Texts } from './texts.ts';

export interface SingleRequestsOptions {
  readonly arrivals: ArrivalProcess;
  readonly nextLengths: () => RequestLengths;
  readonly prefix: PrefixTree;
  readonly requests: RequestMaker;
  readonly texts: Texts;
}

/** Requests that have nothing to do with one another but for how their prompts begin. */
export class SingleRequests implements TenantSource {
  nextArrivalUs: number;
  readonly #options: SingleRequestsOptions;

  constructor(options: SingleRequestsOptions) {
    this.#options = options;
    this.nextArrivalUs = Math.round(options.arrivals.nextUs());
  }

  next(id: number): RequestSpec {
    const { arrivals, nextLengths, prefix, requests, texts } = this.#options;
    const arrivalUs = this.nextArrivalUs;
    const tenant = requests.nextTenant(arrivalUs);
    const { promptTokens: tokens, outputTokens } = nextLengths();
    const prompt = prefix.next(tenant);
    const text = texts.unique();
    prompt.push({ text, from: 0, tokens });
    this.nextArrivalUs = Math.round(arrivals.nextUs());
    return requests.make({
      id,
      arrivalUs,
      tenant,
      session: 0,
      turn: 0,
      request: { prompt, outputTokens, answer: { text, from: tokens } },
      patienceUs: requests.nextPatienceUs(),
    });
  }
}
