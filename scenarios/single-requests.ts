import type { ArrivalProcess } from './arrivals.ts';
import { type JobContext, tokensOf } from './jobs.ts';
import { PrefixTree } from './prefix-tree.ts';
import { type RequestLengths, requestLengths } from './request-lengths.ts';
import type { RequestMaker } from './request-maker.ts';
import type { RequestSpec } from './request-stream.ts';
import type { Tenant } from './scenario.ts';
import type { TenantSource } from './tenant-source.ts';
import type { Texts } from './texts.ts';

export interface SingleRequestsOptions extends JobContext {
  readonly options: Tenant;
  readonly arrivals: ArrivalProcess;
  readonly requests: RequestMaker;
}

/** Requests that have nothing to do with one another but for how their prompts begin. */
export class SingleRequests implements TenantSource {
  nextArrivalUs: number;
  readonly #arrivals: ArrivalProcess;
  readonly #nextLengths: () => RequestLengths;
  readonly #prefix: PrefixTree;
  readonly #requests: RequestMaker;
  readonly #texts: Texts;

  constructor({ arrivals, requests, options, ...context }: SingleRequestsOptions) {
    this.#arrivals = arrivals;
    this.#requests = requests;
    this.#nextLengths = requestLengths(options, context.chance);
    this.#prefix = new PrefixTree(options.prefix, context);
    this.#texts = context.texts;
    this.nextArrivalUs = Math.round(arrivals.nextUs());
  }

  next(id: number): RequestSpec {
    const arrivalUs = this.nextArrivalUs;
    const requests = this.#requests;
    const tenant = requests.nextTenant(arrivalUs);
    const { promptTokens: tokens, outputTokens } = this.#nextLengths();
    const prompt = this.#prefix.next(tenant);
    const text = this.#texts.unique();
    prompt.push({ text, from: 0, tokens });
    this.nextArrivalUs = Math.round(this.#arrivals.nextUs());
    return requests.make({
      id,
      arrivalUs,
      tenant,
      session: 0,
      turn: 0,
      prompt,
      promptTokens: prompt.length === 1 ? tokens : tokensOf(prompt),
      outputTokens,
      answer: { text, from: tokens },
      patienceUs: requests.nextPatienceUs(),
    });
  }
}
