import type { GatewayRequest } from './gateway-request.ts';

/** The requests without an outcome, oldest first: a list through the requests themselves. */
export class LiveRequests<Work> {
  count = 0;
  first: GatewayRequest<Work> | undefined = undefined;
  #last: GatewayRequest<Work> | undefined = undefined;

  add(request: GatewayRequest<Work>): void {
    request.previous = this.#last;
    if (this.#last === undefined) this.first = request;
    else this.#last.next = request;
    this.#last = request;
    this.count += 1;
  }

  remove(request: GatewayRequest<Work>): void {
    const { previous, next } = request;
    if (previous === undefined) this.first = next;
    else previous.next = next;
    if (next === undefined) this.#last = previous;
    else next.previous = previous;
    request.previous = undefined;
    request.next = undefined;
    this.count -= 1;
  }
}
