import type { ProbeListener } from '../../gateway/backend.ts';
import type { CreateTransport, Transport } from '../upstream/transport.ts';
import { type Asking, ask, type Question } from './ask.ts';

export interface HealthProbeOptions {
  readonly replica: number;
  readonly url: URL;
  readonly path: string;
  readonly createTransport: CreateTransport;
  readonly authorization: string | undefined;
  readonly timeoutUs: number;
  readonly nowUs: () => number;
}

const mostBytes = 64 * 1024;

/**
 * Asks one replica for its health, over connections of its own: a probe must not wait behind a
 * stream. Healthy is who answers with 2xx, in full and in time.
 */
export class HealthProbe {
  readonly #options: HealthProbeOptions;
  readonly #question: Question;
  readonly #transport: Transport;
  #asking: Asking | undefined = undefined;

  constructor(options: HealthProbeOptions) {
    const { authorization, createTransport, path, timeoutUs, url } = options;
    this.#options = options;
    this.#question = { path, authorization, timeoutUs, mostBytes };
    this.#transport = createTransport(url);
  }

  /**
   * Answers once. Who asks again before that has given up the first question, whose late answer
   * would be taken for one to the second: it gets none.
   */
  probe(listener: ProbeListener): void {
    this.#asking?.abort();
    const { nowUs, replica } = this.#options;
    this.#asking = ask(this.#transport, this.#question, (answer) => {
      this.#asking = undefined;
      const isHealthy = answer.kind === 'answered' && isSuccess(answer.status);
      listener.onProbe(replica, isHealthy, nowUs());
    });
  }

  /** A probe on its way gets no answer. */
  close(): void {
    this.#asking?.abort();
    this.#asking = undefined;
    this.#transport.close();
  }
}

function isSuccess(status: number): boolean {
  return status >= 200 && status <= 299;
}
