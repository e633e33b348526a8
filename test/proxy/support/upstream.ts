import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';

/** What an upstream of a test got. */
export interface Got {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly body: Buffer;
  /** Kept when the other side went away before the answer was complete. */
  readonly aborted: Promise<number>;
}

export interface Upstream {
  readonly url: string;
  readonly got: Got[];
  /** Open connections. */
  readonly connections: Set<Socket>;
  /** What proxies asked on their own account. */
  readonly asides: IncomingMessage[];
  close(): Promise<void>;
}

/** What proxies ask on their own account; few tests are about that. */
function asidesOf(models: readonly string[]): Readonly<Record<string, string>> {
  const data = models.map((id) => ({ id, object: 'model' }));
  return { '/health': '', '/v1/models': JSON.stringify({ object: 'list', data }) };
}

/** A server that answers as a test wants it to. */
export async function startUpstream(
  answer: (got: Got) => void,
  models: readonly string[] = ['m'],
): Promise<Upstream> {
  const asides = asidesOf(models);
  const got: Got[] = [];
  const connections = new Set<Socket>();
  const asked: IncomingMessage[] = [];
  const server: Server = createServer((request, response) => {
    if (request.method === 'GET' && request.url! in asides) {
      asked.push(request);
      response.writeHead(200, { 'content-type': 'application/json' });
      response.end(asides[request.url!]);
      return;
    }
    const pieces: Buffer[] = [];
    const aborted = new Promise<number>((resolve) => {
      response.on('close', () => {
        if (!response.writableFinished) resolve(performance.now());
      });
    });
    request.on('data', (piece: Buffer) => pieces.push(piece));
    request.on('end', () => {
      const one = { request, response, body: Buffer.concat(pieces), aborted };
      got.push(one);
      answer(one);
    });
  });
  server.on('connection', (socket) => {
    connections.add(socket);
    socket.on('close', () => connections.delete(socket));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    got,
    connections,
    asides: asked,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** An answer as vLLM gives it without a stream. */
export const answerBody = JSON.stringify({
  id: 'chatcmpl-1',
  choices: [{ index: 0, message: { role: 'assistant', content: 'Hi' }, finish_reason: 'stop' }],
  usage: { prompt_tokens: 7, completion_tokens: 2, total_tokens: 9 },
});

export function answerAtOnce({ response }: Got): void {
  response.writeHead(200, { 'content-type': 'application/json' });
  response.end(answerBody);
}

export function beginStream({ response }: Got): void {
  response.writeHead(200, { 'content-type': 'text/event-stream' });
}

export function event(content: string): string {
  return `data: ${JSON.stringify({ choices: [{ index: 0, delta: { content } }] })}\n\n`;
}
