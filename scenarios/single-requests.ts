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
  readonly #prefix: PrefixTree | undefined;
  readonly #requests: RequestMaker;
  readonly #texts: Texts;

  constructor({ arrivals, requests, options, ...context }: SingleRequestsOptions) {
    this.#arrivals = arrivals;
    this.#requests = requests;
    this.#nextLengths = requestLengths(options, context.chance);
    const { prefix } = options;
    this.#prefix = prefix.length > 0 ? new PrefixTree(prefix, context) : undefined;
    this.#texts = context.texts;
    this.nextArrivalUs = Math.round(arrivals.nextUs());
  }

  next(id: number): RequestSpec {
    const arrivalUs = this.nextArrivalUs;
    const requests = this.#requests;
    const tenant = requests.nextTenant(arrivalUs);
    const { promptTokens: tokens, outputTokens } = this.#nextLengths();
    const text = this.#texts.unique();
    const own = { text, from: 0, tokens };
    const prompt = this.#prefix === undefined ? [own] : [...this.#prefix.next(tenant), own];
    this.nextArrivalUs = Math.round(this.#arrivals.nextUs());
    // Spelt out rather than drafted for the maker: this is the path of a million plain requests.
    const { adapter, client, finish, limits, priority, tier } = requests.shared;
    return {
      id,
      arrivalUs,
      tenant: requests.nameOf(tenant),
      tier,
      session: 0,
      turn: 0,
      turns: 0,
      promptTokens: prompt.length === 1 ? tokens : tokensOf(prompt),
      outputTokens,
      finish,
      priority,
      adapter,
      limits,
      cacheSalt: requests.saltOf(tenant, 0),
      prompt,
      answer: { text, from: tokens },
      client,
      leavesAfterUs: requests.nextPatienceUs(),
    };
  }
}
