import type { GatewayRequest } from '../gateway-request.ts';
import type { RequestQueue } from './request-queue.ts';

/** First come, first served. */
export class ArrivalQueue<Work> implements RequestQueue<Work> {
  #waiting: GatewayRequest<Work>[] = [];

  get length(): number {
    return this.#waiting.length;
  }

  add(request: GatewayRequest<Work>): void {
    this.#waiting.push(request);
  }

  remove(request: GatewayRequest<Work>): void {
    this.#waiting = this.#waiting.filter((other) => other !== request);
  }

  offer(take: (request: GatewayRequest<Work>) => boolean, isOpen: () => boolean): void {
    const offered = this.#waiting;
    this.#waiting = [];
    for (const [index, request] of offered.entries()) {
      if (!isOpen()) {
        this.#waiting = [...this.#waiting, ...offered.slice(index)];
        return;
      }
      if (!take(request)) this.#waiting.push(request);
    }
  }

  clear(): void {
    this.#waiting = [];
  }
}
