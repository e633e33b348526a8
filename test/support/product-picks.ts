import { Agent, get, type IncomingMessage } from 'node:http';
import { onTestFinished } from 'vitest';
import { requestHeader, type Upstreams } from './upstreams.ts';

/** Requests sent through a balancer one after the other, each known to have arrived. */
export class ProductPicks {
  readonly #upstreams: Upstreams;
  readonly #port: number;
  /** A connection is used again first, so its last request is over when the next one is read. */
  readonly #agent = new Agent({ keepAlive: true, scheduling: 'lifo' });
  readonly #answers: Promise<void>[] = [];

  constructor(upstreams: Upstreams, port: number) {
    this.#upstreams = upstreams;
    this.#port = port;
    onTestFinished(() => this.#agent.destroy());
  }

  /** Which upstream gets a request with this key in a header. */
  send(key: string): Promise<number> {
    const id = this.#answers.length;
    const arrival = this.#upstreams.arrival(id);
    const answer = new Promise<void>((resolve, reject) => {
      const headers = { 'x-key': key, [requestHeader]: String(id) };
      const options = { host: '127.0.0.1', port: this.#port, agent: this.#agent, headers };
      get(options, (response) => readAll(response, resolve)).once('error', reject);
    });
    this.#answers.push(answer);
    return Promise.race([arrival, answer.then(() => arrival)]);
  }

  /** Lets a request be answered, and waits until the client has all of it. */
  async end(request: number): Promise<void> {
    this.#upstreams.answer(request);
    await this.#answers[request];
  }
}

function readAll(response: IncomingMessage, done: () => void): void {
  response.resume();
  response.once('end', done);
}
