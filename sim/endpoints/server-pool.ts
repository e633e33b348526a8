import type { Server } from './server.ts';

/** Equal servers: each request goes to the one that has the fewest, and equals take turns. */
export class ServerPool {
  readonly servers: readonly Server[];
  readonly #inFlight: number[];
  #next = 0;

  constructor(servers: readonly Server[]) {
    this.servers = servers;
    this.#inFlight = servers.map(() => 0);
  }

  /** The number of the chosen server, which has one request more from now on. */
  pick(): number {
    const { length } = this.servers;
    let best = this.#next;
    for (let i = 1; i < length; i++) {
      const other = (this.#next + i) % length;
      if (this.#inFlight[other]! < this.#inFlight[best]!) best = other;
    }
    this.#inFlight[best]! += 1;
    this.#next = (best + 1) % length;
    return best;
  }

  onEnded(server: number): void {
    this.#inFlight[server]! -= 1;
  }
}
