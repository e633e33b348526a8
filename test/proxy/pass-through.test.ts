import { once } from 'node:events';
import { connect } from 'node:net';
import fc from 'fast-check';
import { afterEach, describe, expect, test } from 'vitest';
import { type RunningProxy, startProxy, transports } from './support/proxy.ts';
import {
  answerAtOnce,
  answerBody,
  beginStream,
  event,
  type Got,
  startUpstream,
  type Upstream,
} from './support/upstream.ts';

const chat = '/v1/chat/completions';
let upstreams: Upstream[] = [];
let proxy: RunningProxy | undefined;

afterEach(async () => {
  await proxy?.server.stop();
  proxy = undefined;
  await Promise.all(upstreams.map((upstream) => upstream.close()));
  upstreams = [];
});

async function start(
  transport: string,
  answer: (got: Got) => void,
  config: Readonly<Record<string, unknown>> = {},
): Promise<[RunningProxy, Upstream]> {
  const upstream = await startUpstream(answer);
  upstreams.push(upstream);
  proxy = await startProxy({ replicas: [upstream.url], upstream: { transport }, ...config });
  return [proxy, upstream];
}

describe.each(transports)('by %s', (transport) => {
  test('a request and its answer pass through as they are', async () => {
    const [{ url }, { got }] = await start(transport, answerAtOnce);
    const body = '{"model": "x",  "messages": [], "unknown_field": {"a": [1e400, "\\u00e9"]}}';
    const answer = await fetch(`${url}${chat}?a=b%20c`, {
      method: 'POST',
      body,
      headers: { 'content-type': 'application/json', 'x-own': 'kept', traceparent: '00-1-2-03' },
    });
    expect([answer.status, await answer.text()]).toEqual([200, answerBody]);
    expect(answer.headers.get('content-type')).toBe('application/json');
    const { request } = got[0]!;
    expect([request.method, request.url, got[0]!.body.toString()]).toEqual([
      'POST',
      `${chat}?a=b%20c`,
      body,
    ]);
    expect(request.headers).toMatchObject({ 'x-own': 'kept', traceparent: '00-1-2-03' });
  });

  test('an answer of any length in any pieces is the same on the other side', async () => {
    let pieces: Buffer[] = [];
    let isChunked = false;
    const [{ url }] = await start(transport, ({ response }) => {
      const length = pieces.reduce((sum, piece) => sum + piece.length, 0);
      response.writeHead(200, {
        'content-type': 'application/octet-stream',
        ...(isChunked ? {} : { 'content-length': length }),
      });
      for (const piece of pieces) response.write(piece);
      response.end();
    });
    const sizes = fc.array(fc.oneof(fc.integer({ min: 1, max: 300 }), fc.constant(70_000)), {
      maxLength: 12,
    });
    await fc.assert(
      fc.asyncProperty(sizes, fc.boolean(), fc.nat(255), async (lengths, chunked, first) => {
        pieces = lengths.map((length, index) =>
          Buffer.from(Array.from({ length }, (_, i) => (first + index + 7 * i) % 256)),
        );
        isChunked = chunked;
        const answer = await fetch(`${url}${chat}`, { method: 'POST', body: '{}' });
        const got = Buffer.from(await answer.arrayBuffer());
        expect(got.equals(Buffer.concat(pieces))).toBe(true);
      }),
      { seed: 1, numRuns: 60 },
    );
  });

  test('events of a stream come one by one, when they are written', async () => {
    const [{ url }, { got }] = await start(transport, beginStream);
    const asked = fetch(`${url}${chat}`, { method: 'POST', body: '{"stream":true}' });
    await expect.poll(() => got.length).toBe(1);
    const { response } = got[0]!;
    response.write(event('one'));
    const answer = await asked;
    expect(answer.headers.get('content-type')).toBe('text/event-stream');
    const reader = answer.body!.getReader();
    for (const word of ['one', 'two', 'three']) {
      if (word !== 'one') response.write(event(word));
      const { value } = await reader.read();
      expect(Buffer.from(value!).toString()).toBe(event(word));
    }
    response.end('data: [DONE]\n\n');
    expect(Buffer.from((await reader.read()).value!).toString()).toBe('data: [DONE]\n\n');
    expect((await reader.read()).done).toBe(true);
  });

  test.each(['stream', 'single answer'])(
    'a client that goes away ends its %s at the replica within 50 ms',
    async (kind) => {
      const [running, { got }] = await start(transport, (one) => {
        if (kind === 'stream') beginStream(one);
        if (kind === 'stream') one.response.write(event('one'));
      });
      const tookMs: number[] = [];
      // The best of some: a machine that is busy with other tests is late by itself.
      for (let id = 0; id < 5; id++) {
        const socket = connect(running.port, '127.0.0.1');
        socket.write(`POST ${chat} HTTP/1.1\r\nhost: a\r\ncontent-length: 2\r\n\r\n{}`);
        if (kind === 'stream') await once(socket, 'data');
        else await expect.poll(() => got.length).toBe(id + 1);
        const leftMs = performance.now();
        socket.destroy();
        tookMs.push((await got[id]!.aborted) - leftMs);
        await running.until(id + 1);
        expect(running.ended[id]).toMatchObject({ outcome: 'cancelled', attempts: 1 });
      }
      expect(Math.min(...tookMs)).toBeLessThan(50);
      expect(running.server.inSystem).toBe(0);
    },
  );

  test('a slow reader holds the replica back, and gets every byte', async () => {
    const piece = Buffer.alloc(64 * 1024, 'x');
    const most = 400;
    let written = 0;
    const [running] = await start(transport, ({ response }) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      const write = () => {
        while (written < most) {
          written += 1;
          if (!response.write(piece)) {
            response.once('drain', write);
            return;
          }
        }
        response.end();
      };
      write();
    });
    const socket = connect(running.port, '127.0.0.1');
    socket.pause();
    socket.write(
      `POST ${chat} HTTP/1.1\r\nhost: a\r\ncontent-length: 2\r\nconnection: close\r\n\r\n{}`,
    );
    await expect.poll(() => written).toBeGreaterThan(2);
    let before = -1;
    while (before !== written) {
      before = written;
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
    expect(written).toBeLessThan(most);
    let bytes = 0;
    socket.on('data', (data) => {
      bytes += data.length;
    });
    socket.resume();
    await once(socket, 'close');
    expect(bytes).toBeGreaterThan(most * piece.length);
    expect(running.ended[0]).toMatchObject({ outcome: 'ok' });
  });
});
