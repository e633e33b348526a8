// The least that a proxy of node:http and undici can be: no gateway, no checks, no books, and no
// answer to anything that goes wrong. What it costs is the floor for the proxy, on any machine.
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { Client, type Dispatcher } from 'undici';
import { chunkOf } from '../../proxy/client/chunk-of.ts';
import { hopByHop } from '../../proxy/upstream/response-headers.ts';

const [upstreamPort, port] = process.argv.slice(2).map(Number);
const free: Client[] = [];

createServer({ noDelay: true }, (request, response) => {
  const pieces: Buffer[] = [];
  request.on('data', (piece: Buffer) => pieces.push(piece));
  request.on('end', () => forward(request, response, Buffer.concat(pieces)));
}).listen({ port, host: '127.0.0.1', backlog: 4_096 });

function forward(request: IncomingMessage, response: ServerResponse, body: Buffer): void {
  const client = free.pop() ?? new Client(`http://127.0.0.1:${upstreamPort}`, { pipelining: 1 });
  const socket = response.socket!;
  let isStream = false;
  const handler: Dispatcher.DispatchHandler = {
    onConnect: () => {},
    onError: () => response.destroy(),
    onHeaders: (status: number, raw: Buffer[]) => {
      const headers = forwarded(raw.map((part) => part.toString('latin1')));
      response.writeHead(status, headers);
      isStream = !headers.includes('content-length');
      if (isStream) response.flushHeaders();
      return true;
    },
    onData: (bytes: Buffer) => (isStream ? socket.write(chunkOf(bytes)) : response.write(bytes)),
    onComplete: () => {
      response.end();
      free.push(client);
    },
  };
  const headers = forwarded(request.rawHeaders);
  client.dispatch({ path: request.url!, method: 'POST', headers, body }, handler);
}

/** Without what holds for one connection, and whom the client took it for. */
function forwarded(raw: readonly string[]): string[] {
  const headers: string[] = [];
  for (let i = 0; i < raw.length; i += 2) {
    const name = raw[i]!.toLowerCase();
    if (!hopByHop.has(name) && name !== 'host') headers.push(name, raw[i + 1]!);
  }
  return headers;
}
