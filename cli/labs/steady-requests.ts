import { setTimeout as sleep } from 'node:timers/promises';
import { type Ask, type Asked, ask } from './lab-client.ts';

const betweenMs = 50;
const usual = { prompt: 64, answer: 64 };
const long = { prompt: 6_000, answer: 16 };

/** Clients that come twenty times a second, whatever becomes of those who came before. */
export class SteadyRequests {
  readonly all: Asked[] = [];
  readonly #ask: Pick<Ask, 'url' | 'signal'>;
  readonly #over: Promise<Asked>[] = [];
  readonly #stopped = new AbortController();
  readonly #coming: Promise<void>;

  constructor(of: Pick<Ask, 'url' | 'signal'>) {
    this.#ask = of;
    this.#coming = this.#come();
  }

  /** Some whose prompts take long, so that they are without a first token for a while. */
  sendLong(count: number): void {
    for (let sent = 0; sent < count; sent++) this.#send(long);
  }

  /** Sends no more, and waits for what is under way. */
  async finish(): Promise<readonly Asked[]> {
    this.#stopped.abort();
    await this.#coming;
    return Promise.all(this.#over);
  }

  async #come(): Promise<void> {
    const startMs = performance.now();
    const ends = AbortSignal.any([this.#stopped.signal, this.#ask.signal]);
    for (let sent = 1; !ends.aborted; sent++) {
      this.#send(usual);
      // By the time of the clock, so that a late timer does not make all others late.
      const waitMs = startMs + sent * betweenMs - performance.now();
      await sleep(Math.max(0, waitMs), undefined, { signal: ends }).catch(() => {});
    }
  }

  #send({ answer, prompt }: typeof usual): void {
    const first = 10_000 * this.all.length;
    // Prompts that have nothing in common.
    const promptIds = Array.from({ length: prompt }, (_, at) => first + at);
    const { asked, over } = ask({ ...this.#ask, promptIds, maxTokens: answer });
    this.all.push(asked);
    this.#over.push(over);
  }
}
