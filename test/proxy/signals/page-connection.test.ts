import type { Socket } from 'node:net';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { PageConnection } from '../../../proxy/signals/page-connection.ts';
import { serveBytes } from './loopback.ts';

type Heard = { status: number; body: string } | { kind: string; message: string };

/** Asks, and gives what came of it. */
function asker(url: URL): { ask: () => Promise<Heard>; close: () => void } {
  let hear: (heard: Heard) => void = () => {};
  const connection = new PageConnection(
    { url, path: '/metrics', authorization: undefined },
    {
      onPage: (status, body) => hear({ status, body: body.toString('latin1') }),
      onNoPage: (kind, message) => hear({ kind, message }),
    },
    () => performance.now() * 1_000,
  );
  const ask = () =>
    new Promise<Heard>((resolve) => {
      hear = resolve;
      connection.ask();
    });
  return { ask, close: () => connection.abort() };
}

/** Piece by piece, each by a read of its own as far as that can be had. */
function write(socket: Socket, pieces: readonly string[], isLast: boolean): void {
  const [piece, ...rest] = pieces;
  if (piece === undefined) {
    if (isLast) socket.end();
    return;
  }
  socket.write(piece, 'latin1');
  setImmediate(() => setImmediate(() => write(socket, rest, isLast)));
}

function piecesOf(text: string, cuts: readonly number[]): string[] {
  const places = [0, ...cuts.map((cut) => cut % (text.length + 1)), text.length];
  places.sort((a, b) => a - b);
  return places.slice(1).map((place, i) => text.slice(places[i]!, place));
}

type Framing = 'length' | 'chunks' | 'close';

function answerOf(status: number, body: string, framing: Framing, chunk: number): string {
  const head = `HTTP/1.1 ${status} Whatever\r\ndate: today\r\n`;
  if (framing === 'length') return `${head}content-length: ${body.length}\r\n\r\n${body}`;
  if (framing === 'close') return `${head}\r\n${body}`;
  const chunks: string[] = [];
  for (let at = 0; at < body.length; at += chunk) {
    const data = body.slice(at, at + chunk);
    chunks.push(`${data.length.toString(16)}\r\n${data}\r\n`);
  }
  return `${head}transfer-encoding: chunked\r\n\r\n${chunks.join('')}0\r\n\r\n`;
}

const answer = fc.record({
  status: fc.constantFrom(200, 503),
  size: fc.oneof(fc.nat(40), fc.nat(200_000)),
  framing: fc.constantFrom<Framing>('length', 'chunks', 'close'),
  chunk: fc.integer({ min: 1, max: 20_000 }),
  cuts: fc.array(fc.nat(), { maxLength: 6 }),
});

test('a page is the same however it comes, over one connection where that can be', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(answer, { minLength: 1, maxLength: 4 }), async (answers) => {
      const { connections, url } = await serveBytes((socket, request) => {
        const { chunk, cuts, framing, size, status } = answers[request - 1]!;
        // Tiny chunks of a large page would only take long.
        const text = answerOf(status, bodyOf(size), framing, Math.max(chunk, size / 100));
        write(socket, piecesOf(text, cuts), framing === 'close');
      });
      const { ask, close } = asker(url);
      for (const { size, status } of answers) {
        expect(await ask()).toEqual({ status, body: bodyOf(size) });
      }
      close();
      const closing = answers.slice(0, -1).filter(({ framing }) => framing === 'close');
      expect(connections()).toBe(1 + closing.length);
    }),
    { seed: 9, numRuns: 80 },
  );
});

/** No two places of it look alike. */
function bodyOf(size: number): string {
  let body = '';
  for (let line = 0; body.length < size; line++) body += `${line}\r\n`;
  return body.slice(0, size);
}

test('two connections that read in turns do not get into each other', async () => {
  const { url } = await serveBytes((socket, request) => {
    const text = answerOf(200, String(request).repeat(100_000), 'chunks', 9_999);
    write(socket, piecesOf(text, [1_000, 40_000, 70_000]), false);
  });
  const [one, other] = [asker(url), asker(url)];
  const heard = await Promise.all([one.ask(), other.ask()]);
  const bodies = heard.map((page) => ('body' in page ? page.body : ''));
  expect(bodies.sort()).toEqual(['1'.repeat(100_000), '2'.repeat(100_000)]);
  one.close();
  other.close();
});

test.each([
  ['SSH-2.0-OpenSSH_9.2\r\n\r\n', 'the head of its answer is not HTTP'],
  ['HTTP/1.1 200 OK\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\n', 'ambiguous'],
  ['HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n', 'not chunked coding'],
])('%j is no page', async (text, why) => {
  const { url } = await serveBytes((socket) => socket.write(text));
  const { ask, close } = asker(url);
  expect(await ask()).toEqual({ kind: 'broken', message: expect.stringContaining(why) });
  // It has not become unusable.
  expect(await ask()).toEqual({ kind: 'broken', message: expect.stringContaining(why) });
  close();
});

test('bytes that follow a page are not taken for the next one', async () => {
  const { connections, url } = await serveBytes((socket, request) => {
    const page = `HTTP/1.1 200 OK\r\ncontent-length: 1\r\n\r\n${request}`;
    socket.write(`${page}HTTP/1.1 200 OK\r\ncontent-length: 1\r\n\r\nx`);
  });
  const { ask, close } = asker(url);
  expect(await ask()).toEqual({ status: 200, body: '1' });
  expect(await ask()).toEqual({ status: 200, body: '2' });
  expect(connections()).toBe(2);
  close();
});
