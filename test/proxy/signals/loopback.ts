import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import {
  createServer as createSocketServer,
  type Socket,
  type Server as SocketServer,
} from 'node:net';
import { onTestFinished } from 'vitest';

export interface Loopback {
  readonly url: URL;
  /** How many connections it has accepted so far. */
  readonly connections: () => number;
  readonly open: ReadonlySet<Socket>;
}

/** A server for one test. */
export function serveHttp(handler: RequestListener): Promise<Loopback> {
  return listening(createServer(handler));
}

/** One that answers each request, or whatever else comes, with bytes of its own. */
export function serveBytes(answer: (socket: Socket, request: number) => void): Promise<Loopback> {
  let requests = 0;
  return listening(
    createSocketServer({ noDelay: true }, (socket) => {
      socket.on('error', () => socket.destroy());
      let text = '';
      socket.on('data', (bytes) => {
        text += bytes.toString('latin1');
        for (let end = text.indexOf('\r\n\r\n'); end >= 0; end = text.indexOf('\r\n\r\n')) {
          text = text.slice(end + 4);
          answer(socket, ++requests);
        }
      });
    }),
  );
}

/** Where nobody listens. */
export async function nowhere(): Promise<URL> {
  const server = createSocketServer();
  const { url } = await listening(server);
  server.close();
  await once(server, 'close');
  return url;
}

async function listening(server: SocketServer): Promise<Loopback> {
  const open = new Set<Socket>();
  let connections = 0;
  server.on('connection', (socket) => {
    connections += 1;
    open.add(socket);
    socket.on('close', () => open.delete(socket));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.close();
    for (const socket of open) socket.destroy();
  });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('it has no port');
  return { url: new URL(`http://127.0.0.1:${address.port}`), connections: () => connections, open };
}
