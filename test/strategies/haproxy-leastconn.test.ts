import { expect, test } from 'vitest';
import { balancingScript, type Picks, play } from '../support/balancing-scripts.ts';
import { GatewayPicks } from '../support/gateway-picks.ts';

/** The tree of HAProxy as a list: who changes its load is taken out and put behind its equals. */
class ListOfServers implements Picks {
  readonly #servers: { number: number; weight: number; inFlight: number; key: number }[];
  readonly #picks: number[] = [];

  constructor(weights: readonly number[]) {
    this.#servers = weights.map((weight, index) => ({
      number: index + 1,
      weight,
      inFlight: 0,
      key: 0,
    }));
  }

  send(): number {
    const { number } = this.#servers[0]!;
    this.#picks.push(number);
    this.#change(number, 1);
    return number;
  }

  end(request: number): void {
    this.#change(this.#picks[request]!, -1);
  }

  #change(number: number, by: number): void {
    const at = this.#servers.findIndex((server) => server.number === number);
    const server = this.#servers[at]!;
    server.inFlight += by;
    const key = server.inFlight && Math.floor(((server.inFlight + 1) * 256) / server.weight);
    if (key === server.key) return;
    server.key = key;
    this.#servers.splice(at, 1);
    const behind = this.#servers.findIndex((other) => other.key > key);
    this.#servers.splice(behind === -1 ? this.#servers.length : behind, 0, server);
  }
}

test.each([
  [[1, 1, 1, 1], 1],
  [[1, 1, 1, 1], 12],
  [[3, 2, 1, 7, 1], 20],
  [[250, 3, 90], 200],
])('haproxy-leastconn keeps the order of the list, weights %j, up to %d', async (weights, held) => {
  const ports = weights.map((_, index) => index + 1);
  const gateway = new GatewayPicks({ strategy: 'haproxy-leastconn', weights, ports });
  const script = balancingScript({ requests: 3_000, held, keys: 1 });
  expect(await play(script, gateway)).toBe(await play(script, new ListOfServers(weights)));
});
