import type { GatewayRequest } from '../gateway-request.ts';

export interface Entry<Work> {
  readonly request: GatewayRequest<Work>;
  /** Lower goes first, and then who came first. */
  readonly key: number;
  readonly order: number;
}

/** The waiting requests of one tenant, in order. */
export class TenantLine<Work> {
  /** Tokens it has had, as far as fairness counts them. */
  served = 0;
  readonly #entries: Entry<Work>[] = [];

  get length(): number {
    return this.#entries.length;
  }

  get head(): Entry<Work> {
    return this.#entries[0]!;
  }

  add(entry: Entry<Work>): void {
    const after = this.#entries.findLastIndex((other) => !isBefore(entry, other));
    this.#entries.splice(after + 1, 0, entry);
  }

  shift(): Entry<Work> {
    return this.#entries.shift()!;
  }

  /** False when it is not in the line. */
  remove(request: GatewayRequest<Work>): boolean {
    const at = this.#entries.findIndex((entry) => entry.request === request);
    if (at >= 0) this.#entries.splice(at, 1);
    return at >= 0;
  }

  clear(): void {
    this.#entries.length = 0;
  }
}

function isBefore(a: Entry<unknown>, b: Entry<unknown>): boolean {
  return a.key < b.key || (a.key === b.key && a.order < b.order);
}
