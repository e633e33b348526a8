import type { Gauges } from '../replica/engine.ts';
import { type EngineCounters, sumCounters } from '../replica/engine-counters.ts';
import type { Server } from './server.ts';

/** Servers seen as one. */
export class ServerGroup {
  readonly #servers: readonly Server[];

  constructor(servers: readonly Server[]) {
    this.#servers = servers;
  }

  get busyUs(): number {
    return this.#sum(({ busyUs }) => busyUs);
  }

  get steps(): number {
    return this.#sum(({ steps }) => steps);
  }

  get counters(): EngineCounters {
    return sumCounters(this.#servers.map(({ counters }) => counters));
  }

  snapshot(): Gauges {
    const all = this.#servers.map((server) => server.snapshot());
    return {
      running: all.reduce((sum, { running }) => sum + running, 0),
      waiting: all.reduce((sum, { waiting }) => sum + waiting, 0),
      kvBlocksUsed: all.reduce((sum, { kvBlocksUsed }) => sum + kvBlocksUsed, 0),
      changes: all.reduce((sum, { changes }) => sum + changes, 0),
    };
  }

  beforeNewPace(nowUs: number): void {
    for (const server of this.#servers) server.beforeNewPace(nowUs);
  }

  checkDrained(): void {
    for (const server of this.#servers) server.checkDrained();
  }

  #sum(of: (server: Server) => number): number {
    return this.#servers.reduce((sum, server) => sum + of(server), 0);
  }
}
