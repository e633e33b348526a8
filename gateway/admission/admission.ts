import type { Usage } from '../attempts.ts';
import type { GatewayRequest, Rejection } from '../gateway-request.ts';
import type { AdmissionPolicy, RateLimit, TierLimits } from '../policy.ts';
import type { Charge, RateLimiter } from './rate-limiter.ts';
import { SlidingWindow } from './sliding-window.ts';
import { TokenBucket } from './token-bucket.ts';

/** What a request was charged when it came in; given back, or corrected, when it ends. */
export interface AdmissionTicket {
  readonly account: Account;
  readonly tokenCharges: readonly Charge[];
}

/** Of one tenant in one tier. */
interface Account {
  readonly limits: TierLimits;
  readonly requests: readonly RateLimiter[];
  readonly tokens: readonly RateLimiter[];
  concurrent: number;
}

/**
 * Lets in what the tier of a tenant allows. How long an answer will be nobody knows: a guess is
 * charged at first, and the usage at the end corrects it.
 */
export class Admission {
  readonly #policy: AdmissionPolicy;
  /** By tier, and in it by tenant: who gets another tier has its limits from then on. */
  readonly #accounts = new Map<string, Map<string, Account>>();

  constructor(policy: AdmissionPolicy) {
    this.#policy = policy;
  }

  /** Charges the request; or says why it may not come in, and charges nothing. */
  enter(request: GatewayRequest<unknown>, nowUs: number): Rejection | undefined {
    const account = this.#accountOf(request);
    if (account === undefined) return undefined;
    const tokens = request.promptTokens + this.#policy.assumedOutputTokens;
    const { limits } = account;
    if (request.promptTokens > limits.maxPromptTokens) {
      return { reason: 'prompt-too-long', retryAfterUs: Number.POSITIVE_INFINITY };
    }
    if (account.concurrent >= limits.maxConcurrent) {
      return { reason: 'concurrency', retryAfterUs: Number.NaN };
    }
    const requestsWaitUs = longestWaitUs(account.requests, 1, nowUs);
    if (requestsWaitUs > 0) return { reason: 'request-rate', retryAfterUs: requestsWaitUs };
    const tokensWaitUs = longestWaitUs(account.tokens, tokens, nowUs);
    if (tokensWaitUs > 0) return { reason: 'token-rate', retryAfterUs: tokensWaitUs };
    account.concurrent += 1;
    for (const limiter of account.requests) limiter.charge(1, nowUs);
    const tokenCharges = account.tokens.map((limiter) => limiter.charge(tokens, nowUs));
    request.ticket = { account, tokenCharges };
    return undefined;
  }

  /** What it took is known: nothing of an answer that never began, a guess where nobody said. */
  leave(request: GatewayRequest<unknown>, usage: Usage, nowUs: number): void {
    if (request.ticket === undefined) return;
    const { account, tokenCharges } = request.ticket;
    request.ticket = undefined;
    account.concurrent -= 1;
    const { outputTokens, promptTokens = Number.NaN } = usage;
    // Embeddings have a usage, and no tokens of an answer in it.
    const isUnknown = Number.isNaN(outputTokens) && Number.isNaN(promptTokens);
    if (isUnknown && !Number.isNaN(request.firstTokenUs)) return;
    const asked = Number.isNaN(promptTokens) ? request.promptTokens : promptTokens;
    const prompt = request.attempts > 0 ? asked : 0;
    const answer = Number.isNaN(outputTokens) ? 0 : outputTokens;
    for (const charge of tokenCharges) charge.settle(prompt + answer, nowUs);
  }

  #accountOf({ tenant, tier }: GatewayRequest<unknown>): Account | undefined {
    const name = tier ?? 'default';
    const limits = this.#policy.tiers.get(name);
    if (limits === undefined) return undefined;
    let tenants = this.#accounts.get(name);
    if (tenants === undefined) {
      tenants = new Map();
      this.#accounts.set(name, tenants);
    }
    let account = tenants.get(tenant);
    if (account === undefined) {
      account = openAccount(limits);
      tenants.set(tenant, account);
    }
    return account;
  }
}

function openAccount(limits: TierLimits): Account {
  return {
    limits,
    requests: limits.requests.map(createLimiter),
    tokens: limits.tokens.map(createLimiter),
    concurrent: 0,
  };
}

function createLimiter(limit: RateLimit): RateLimiter {
  return limit.kind === 'token-bucket' ? new TokenBucket(limit) : new SlidingWindow(limit);
}

function longestWaitUs(limiters: readonly RateLimiter[], amount: number, nowUs: number): number {
  return limiters.reduce((most, limiter) => Math.max(most, limiter.waitUs(amount, nowUs)), 0);
}
