import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { connect, createServer, type Socket } from 'node:net';
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
const closers: (() => Promise<unknown>)[] = [];
let proxy: RunningProxy | undefined;

afterEach(async () => {
  await proxy?.server.stop();
  proxy = undefined;
  await Promise.all(closers.splice(0).map((close) => close()));
});

async function upstreamOf(answer: (got: Got) => void): Promise<Upstream> {
  const upstream = await startUpstream(answer);
  closers.push(upstream.close);
  return upstream;
}

/** A server of raw bytes: what it does with a connection is up to the test. */
async function rawUpstream(serve: (socket: Socket) => void): Promise<string> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => {});
    serve(socket);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  closers.push(async () => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** An address where nobody listens. */
async function nobody(): Promise<string> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  return `http://127.0.0.1:${port}`;
}

async function start(transport: string, replicas: readonly string[], config = {}) {
  proxy = await startProxy({
    replicas,
    upstream: { transport },
    strategy: 'round-robin',
    tellStory: true,
    ...config,
  });
  return proxy;
}

function ask(url: string, isStreamed = false): Promise<Response> {
  const body = JSON.stringify({ messages: [], stream: isStreamed });
  return fetch(`${url}${chat}`, { method: 'POST', body });
}

describe.each(transports)('by %s', (transport) => {
  test.each<[string, () => Promise<string>]>([
    ['that refuses connections', nobody],
    ['that closes connections', () => rawUpstream((socket) => socket.end())],
    ['that resets connections', () => rawUpstream((socket) => socket.resetAndDestroy())],
    [
      'that closes after its head',
      () =>
        rawUpstream((socket) =>
          socket.once('data', () =>
            socket.end(
              'HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n',
            ),
          ),
        ),
    ],
    [
      'that speaks no HTTP',
      () => rawUpstream((socket) => socket.once('data', () => socket.write('SSH-2.0-x\r\n\r\n'))),
    ],
    [
      'that answers 503',
      async () => {
        const { url } = await upstreamOf(({ response }) => response.writeHead(503).end('busy'));
        return url;
      },
    ],
  ])('a request to a replica %s is answered by the other', async (_name, broken) => {
    const good = await upstreamOf(answerAtOnce);
    const running = await start(transport, [await broken(), good.url]);
    for (let i = 0; i < 4; i++) {
      const answer = await ask(running.url);
      expect([answer.status, await answer.text()]).toEqual([200, answerBody]);
    }
    expect(good.got.length).toBe(4);
    expect(Math.max(...running.ended.map(({ attempts }) => attempts))).toBe(2);
    expect(running.ended.map(({ outcome }) => outcome)).toEqual(['ok', 'ok', 'ok', 'ok']);
  });

  test('the error of a replica reaches the client when there is no other', async () => {
    const { url } = await upstreamOf(({ response }) =>
      response
        .writeHead(503, { 'content-type': 'application/json', 'retry-after': '7' })
        .end('{"error":{"message":"full"}}'),
    );
    const running = await start(transport, [url]);
    const answer = await ask(running.url);
    expect([answer.status, await answer.json(), answer.headers.get('retry-after')]).toEqual([
      503,
      { error: { message: 'full' } },
      '7',
    ]);
    expect(running.ended[0]).toMatchObject({ outcome: 'failed', status: 503 });
  });

  test.each([400, 404, 422])(
    'what a client got wrong (%s) is not tried elsewhere',
    async (status) => {
      const upstreams = await Promise.all(
        [1, 2].map(() =>
          upstreamOf(({ response }) => response.writeHead(status).end('{"error":{}}')),
        ),
      );
      const running = await start(
        transport,
        upstreams.map(({ url }) => url),
      );
      const answer = await ask(running.url);
      expect([answer.status, await answer.text()]).toEqual([status, '{"error":{}}']);
      expect(upstreams.map(({ got }) => got.length)).toEqual([1, 0]);
    },
  );

  test('a replica that fails everything by itself is left alone after five, and nothing is sent twice', async () => {
    const bad = await upstreamOf(({ response }) => response.writeHead(500).end('{"error":{}}'));
    const good = await upstreamOf(answerAtOnce);
    const running = await start(transport, [bad.url, good.url]);
    const statuses: number[] = [];
    for (let i = 0; i < 30; i++) {
      const answer = await ask(running.url);
      statuses.push(answer.status);
      await answer.arrayBuffer();
    }
    expect(bad.got.length).toBe(5);
    expect(statuses.filter((status) => status === 500).length).toBe(5);
    expect(good.got.length).toBe(25);
  });

  test('nobody there is an error in the shape that clients know', async () => {
    const running = await start(transport, [await nobody()]);
    const answer = await ask(running.url);
    expect(answer.status).toBe(502);
    const { error } = (await answer.json()) as { error: Record<string, unknown> };
    expect(error).toMatchObject({ type: 'server_error', param: null, code: 'replica_failed' });
    expect(answer.headers.get('x-request-id')).toMatch(/^[\w-]{14,}$/);
  });

  test('a stream that breaks ends with an error event, and is not begun again', async () => {
    const first = await upstreamOf((got) => {
      beginStream(got);
      got.response.write(event('one'));
    });
    const second = await upstreamOf(answerAtOnce);
    const running = await start(transport, [first.url, second.url]);
    const answer = await ask(running.url);
    const reader = answer.body!.getReader();
    expect(Buffer.from((await reader.read()).value!).toString()).toBe(event('one'));
    for (const socket of first.connections) socket.resetAndDestroy();
    let rest = '';
    for (;;) {
      const { done, value } = await reader.read();
      if (done) break;
      rest += Buffer.from(value).toString();
    }
    expect(rest).toMatch(/^\n\ndata: \{"error":.*"code":"stream_broken"\}\}\n\n$/);
    expect(second.got).toEqual([]);
    await running.until(1);
    expect(running.ended[0]).toMatchObject({ outcome: 'failed', errorCode: 'stream_broken' });
  });

  test('an answer that breaks off without being a stream is cut off visibly', async () => {
    const { url } = await upstreamOf(({ response }) => {
      response.writeHead(200, { 'content-type': 'application/json', 'content-length': 1_000 });
      response.write('{"half":');
      setImmediate(() => response.destroy());
    });
    const running = await start(transport, [url]);
    const answer = await ask(running.url);
    await expect(answer.text()).rejects.toThrow();
    await running.until(1);
    expect(running.ended[0]).toMatchObject({ outcome: 'failed' });
  });

  test('a replica that hangs is given up in time, and the other one answers', async () => {
    const hanging = await upstreamOf(() => {});
    const good = await upstreamOf(answerAtOnce);
    const timeouts = { connect: '1s', firstByte: '150ms', idle: '150ms', total: '10s' };
    const running = await start(transport, [hanging.url, good.url], {
      gateway: { timeouts, retries: {} },
    });
    const answer = await ask(running.url, true);
    expect([answer.status, answer.headers.get('x-fairlead-reason')]).toEqual([200, 'retry']);
    await hanging.got[0]!.aborted;
  });

  test('an answer in one piece may take longer than a first byte', async () => {
    const { got, url } = await upstreamOf((one) => {
      setTimeout(() => answerAtOnce(one), 400);
    });
    const timeouts = { connect: '1s', firstByte: '100ms', idle: '100ms', total: '10s' };
    const running = await start(transport, [url], { gateway: { timeouts, retries: {} } });
    const answer = await ask(running.url);
    expect([answer.status, await answer.text(), got.length]).toEqual([200, answerBody, 1]);
  });

  test('a stream that falls silent is ended with an error event', async () => {
    const { url } = await upstreamOf((got) => {
      beginStream(got);
      got.response.write(event('one'));
    });
    const timeouts = { connect: '1s', firstByte: '5s', idle: '150ms', total: '10s' };
    const running = await start(transport, [url], { gateway: { timeouts, retries: {} } });
    const answer = await ask(running.url);
    expect(await answer.text()).toContain('"code":"stream_stalled"');
  });

  test('a connection that was closed while it was idle costs nobody anything', async () => {
    const upstream = await upstreamOf(answerAtOnce);
    const running = await start(transport, [upstream.url], { gateway: {} });
    for (let i = 0; i < 20; i++) {
      expect((await ask(running.url)).status).toBe(200);
      // The proxy may learn of it before the next request, or only by it.
      for (const socket of upstream.connections) socket.destroy();
      if (i % 2 === 0) await new Promise((resolve) => setImmediate(resolve));
    }
    expect(running.ended.every(({ attempts, outcome }) => attempts === 1 && outcome === 'ok')).toBe(
      true,
    );
  });
});

test('shutting down lets a stream finish and takes nothing new', async () => {
  const upstream = await upstreamOf((got) => {
    beginStream(got);
    got.response.write(event('one'));
  });
  const running = await start('dispatch', [upstream.url]);
  const answer = await ask(running.url);
  const stopped = running.server.stop();
  const refused = connect(running.port, '127.0.0.1');
  const [error] = (await once(refused, 'error')) as [NodeJS.ErrnoException];
  expect(error.code).toBe('ECONNREFUSED');
  upstream.got[0]!.response.end('data: [DONE]\n\n');
  expect(await answer.text()).toBe(`${event('one')}data: [DONE]\n\n`);
  await stopped;
  proxy = undefined;
  expect(running.ended[0]).toMatchObject({ outcome: 'ok' });
});

test('a stream that takes longer than the grace is ended with an error event', async () => {
  const upstream = await upstreamOf((got) => {
    beginStream(got);
    got.response.write(event('one'));
  });
  const running = await start('dispatch', [upstream.url], { shutdownGrace: '100ms' });
  const answer = await ask(running.url);
  await running.server.stop();
  proxy = undefined;
  expect(await answer.text()).toContain('"code":"shutting_down"');
  expect(running.ended[0]).toMatchObject({ outcome: 'truncated' });
});
