import { randomStream } from '../../core/random.ts';
import { US_PER_S } from '../../core/time.ts';
import { plainRequest } from '../../scenarios/plain-request.ts';
import type { RequestSource, RequestSpec } from '../../scenarios/request-stream.ts';

export interface DrawnSessionsOptions {
  readonly seed: number;
  readonly rateRps: number;
  readonly systemPrompts: number;
  readonly systemTokens: number;
  /** Sessions that go on side by side. */
  readonly sessions: number;
  readonly meanQuestionTokens: number;
  readonly meanAnswerTokens: number;
  readonly adapters: number;
  readonly salts: number;
  /** Beyond it a session begins anew, most of the time. */
  readonly longestTokens: number;
}

interface Session {
  readonly text: number;
  readonly system: number;
  readonly adapter: number;
  readonly cacheSalt: number;
  tokens: number;
}

/** Small sessions that bring all that was said along, in bursts, with every attribute drawn. */
export class DrawnSessions implements RequestSource {
  nextArrivalUs = 0;
  readonly #options: DrawnSessionsOptions;
  readonly #random: ReturnType<typeof randomStream>;
  readonly #open: (Session | undefined)[] = [];
  #requests = 0;
  #texts = 1_000;

  constructor(options: DrawnSessionsOptions) {
    this.#options = options;
    this.#random = randomStream(options.seed, 'test/sessions');
  }

  next(): RequestSpec {
    const { meanAnswerTokens, meanQuestionTokens, systemTokens } = this.#options;
    const session = this.#session();
    const question = this.#tokens(meanQuestionTokens);
    const outputTokens = this.#tokens(meanAnswerTokens);
    const told = session.tokens + question;
    const { adapter, cacheSalt, system, text } = session;
    const request = plainRequest({
      id: this.#requests++,
      arrivalUs: this.nextArrivalUs,
      tenant: 'chat',
      promptTokens: systemTokens + told,
      outputTokens,
      finish: this.#random() < 0.5 ? 'length' : 'stop',
      priority: this.#below(3),
      adapter,
      cacheSalt,
      prompt: [
        { text: system, from: 0, tokens: systemTokens },
        { text, from: 0, tokens: told },
      ],
      answer: { text, from: told },
    });
    // Now and then the next turn asks the same again, while the answer is being written.
    if (this.#random() < 0.8) session.tokens = told + outputTokens;
    this.#advance();
    return request;
  }

  #advance(): void {
    if (this.#random() < 0.3) return;
    const gapS = -Math.log(1 - this.#random()) / this.#options.rateRps;
    this.nextArrivalUs = Math.round(this.nextArrivalUs + gapS * US_PER_S);
  }

  #session(): Session {
    const { adapters, longestTokens, salts, sessions, systemPrompts, systemTokens } = this.#options;
    const place = this.#below(sessions);
    const open = this.#open[place];
    const isOver = systemTokens + (open?.tokens ?? 0) >= longestTokens && this.#random() < 0.9;
    if (open !== undefined && !isOver) return open;
    const session = {
      text: this.#texts++,
      system: 1 + this.#below(systemPrompts),
      adapter: this.#below(adapters + 1),
      cacheSalt: this.#below(salts + 1),
      tokens: 0,
    };
    this.#open[place] = session;
    return session;
  }

  #tokens(mean: number): number {
    return Math.max(1, Math.round(-mean * Math.log(1 - this.#random())));
  }

  #below(count: number): number {
    return Math.floor(this.#random() * count);
  }
}
