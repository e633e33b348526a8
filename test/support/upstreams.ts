import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';

/** A request is known by this header, from the client through the balancer to an upstream. */
export const requestHeader = 'x-request';

/** Servers that tell which of them got a request, and answer it when they are told to. */
export class Upstreams {
  readonly #servers: readonly Server[];
  readonly #responses = new Map<number, ServerResponse>();
  readonly #awaited = new Map<number, (upstream: number) => void>();

  private constructor(count: number) {
    this.#servers = Array.from({ length: count }, (_, index) =>
      createServer((request, response) => {
        const id = Number(request.headers[requestHeader]);
        this.#responses.set(id, response);
        this.#awaited.get(id)?.(index + 1);
        this.#awaited.delete(id);
      }),
    );
  }

  static async start(count: number): Promise<Upstreams> {
    const upstreams = new Upstreams(count);
    for (const server of upstreams.#servers) {
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    }
    onTestFinished(() => upstreams.#close());
    return upstreams;
  }

  get ports(): number[] {
    return this.#servers.map((server) => (server.address() as AddressInfo).port);
  }

  /** The number of the upstream that gets a request, from 1. */
  arrival(request: number): Promise<number> {
    return new Promise((resolve) => this.#awaited.set(request, resolve));
  }

  answer(request: number): void {
    this.#responses.get(request)!.end('ok');
    this.#responses.delete(request);
  }

  #close(): void {
    for (const server of this.#servers) {
      server.close();
      server.closeAllConnections();
    }
  }
}
