import type { AddressInfo } from 'node:net';
import { createServer, type Socket } from 'node:net';
import { onTestFinished } from 'vitest';

export interface ScriptedServer {
  readonly url: string;
  /** Sockets that are open. */
  readonly open: () => number;
  readonly requests: () => number;
}

/** A server that knows no HTTP: it does to each request whatever the test says. */
export async function scriptedServer(
  onRequest: (socket: Socket, nth: number) => void,
): Promise<ScriptedServer> {
  const sockets = new Set<Socket>();
  let requests = 0;
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket)).on('error', () => socket.destroy());
    let text = '';
    socket.on('data', (bytes) => {
      text += bytes.toString('latin1');
      const end = text.indexOf('\r\n\r\n');
      const length = Number(/content-length: (\d+)/.exec(text)?.[1] ?? Number.NaN);
      if (end < 0 || text.length < end + 4 + length) return;
      text = '';
      requests += 1;
      onRequest(socket, requests);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    open: () => sockets.size,
    requests: () => requests,
  };
}

export function chunk(text: string): string {
  return `${Buffer.byteLength(text).toString(16)}\r\n${text}\r\n`;
}

export const streamStart =
  'HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n';

export function tokenEvent(reason = 'null', text = ' a'): string {
  return `data: {"choices":[{"index":0,"text":"${text}","finish_reason":${reason}}]}\n\n`;
}

export const wholeAnswer = `${streamStart}${chunk(tokenEvent())}${chunk(tokenEvent('"length"'))}${chunk('data: [DONE]\n\n')}0\r\n\r\n`;
