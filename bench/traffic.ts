import { randomStream } from '../core/random.ts';
import { US_PER_S } from '../core/time.ts';
import { plainRequest } from '../scenarios/plain-request.ts';
import type { RequestSource, RequestSpec } from '../scenarios/request-stream.ts';

const systemPrompts = 20;
const systemTokens = 400;
const waitingSessions = 200;
/** So that the mean prompt has 1,155 tokens. */
const anotherTurn = 0.625;
const meanQuestionTokens = 150;
const meanAnswerTokens = 211;

interface Session {
  readonly system: number;
  readonly text: number;
  tokens: number;
}

/**
 * Chat with shared system prompts, in which most requests are the next turn of a session and bring
 * all that was said before along: mean 1,155 tokens in, 211 out.
 */
export class SessionTraffic implements RequestSource {
  nextArrivalUs = 0;
  readonly #rateRps: number;
  readonly #random: ReturnType<typeof randomStream>;
  readonly #waiting: Session[] = [];
  #requests = 0;
  #sessions = 0;

  constructor(rateRps: number, seed: number) {
    this.#rateRps = rateRps;
    this.#random = randomStream(seed, 'bench/sessions');
  }

  next(): RequestSpec {
    const session = this.#pickSession();
    const question = this.#tokens(meanQuestionTokens);
    const answer = this.#tokens(meanAnswerTokens);
    const told = session.tokens + question;
    const request = plainRequest({
      id: this.#requests++,
      arrivalUs: Math.round(this.nextArrivalUs),
      tenant: 'chat',
      promptTokens: systemTokens + told,
      outputTokens: answer,
      prompt: [
        { text: session.system, from: 0, tokens: systemTokens },
        { text: session.text, from: 0, tokens: told },
      ],
      answer: { text: session.text, from: told },
    });
    session.tokens = told + answer;
    const gapS = -Math.log(1 - this.#random()) / this.#rateRps;
    this.nextArrivalUs = Math.round(this.nextArrivalUs + gapS * US_PER_S);
    return request;
  }

  /** One that has waited for a while, or a new one in the place of one that is over. */
  #pickSession(): Session {
    const place = Math.floor(this.#random() * waitingSessions);
    const waiting = this.#waiting[place];
    if (waiting !== undefined && this.#random() < anotherTurn) return waiting;
    const system = Math.floor(this.#random() * systemPrompts);
    const session = { system, text: systemPrompts + this.#sessions++, tokens: 0 };
    this.#waiting[place] = session;
    return session;
  }

  #tokens(mean: number): number {
    return Math.max(1, Math.min(8 * mean, Math.round(-mean * Math.log(1 - this.#random()))));
  }
}
