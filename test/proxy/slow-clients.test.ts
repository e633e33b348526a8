import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { describe, expect, onTestFinished, test } from 'vitest';
import { type RunningProxy, startProxy, transports } from './support/proxy.ts';
import { type ReadAnswer, readAnswer } from './support/strict-answers.ts';
import {
  answerAtOnce,
  answerBody,
  type Got,
  startUpstream,
  type Upstream,
} from './support/upstream.ts';

interface Setting {
  readonly proxy: RunningProxy;
  readonly upstream: Upstream;
}

async function setting(
  limits: Readonly<Record<string, unknown>>,
  answer: (got: Got) => void = answerAtOnce,
  transport = 'dispatch',
): Promise<Setting> {
  const upstream = await startUpstream(answer);
  const proxy = await startProxy({
    replicas: [upstream.url],
    upstream: { transport },
    strategy: 'round-robin',
    limits,
  });
  onTestFinished(async () => {
    await proxy.server.stop();
    await upstream.close();
  });
  return { proxy, upstream };
}

/** A client that says and reads only what a test wants. */
class Slow {
  readonly socket: Socket;
  readonly closed: Promise<void>;
  bytes: Buffer = Buffer.alloc(0);

  constructor({ port }: RunningProxy) {
    this.socket = connect(port, '127.0.0.1');
    this.socket.on('error', () => {});
    this.socket.on('data', (piece: Buffer) => {
      this.bytes = Buffer.concat([this.bytes, piece]);
    });
    this.closed = new Promise((resolve) => this.socket.on('close', () => resolve()));
    onTestFinished(() => void this.socket.destroy());
  }

  say(text: string): this {
    this.socket.write(text);
    return this;
  }

  async read(): Promise<ReadAnswer & { kind: 'whole' }> {
    for (;;) {
      const { closed: isClosed } = this.socket;
      const answer = readAnswer(this.bytes, { isHead: false, isClosed });
      if (answer.kind === 'whole') return answer;
      if (answer.kind === 'wrong' || isClosed) throw new Error(`${this.bytes}`);
      await Promise.race([once(this.socket, 'data'), this.closed]);
    }
  }
}

const head = 'POST /v1/completions HTTP/1.1\r\nhost: a\r\n';

function codeOf({ body }: { readonly body: Buffer }): string {
  return JSON.parse(body.toString()).error.code;
}

describe('who takes too long to ask', () => {
  test.each([
    ['in the head', head],
    ['in the body', `${head}content-length: 10\r\n\r\n{`],
    ['in the chunks', `${head}transfer-encoding: chunked\r\n\r\n5\r\n{`],
    ['after being told to go on', `${head}expect: 100-continue\r\ncontent-length: 10\r\n\r\n`],
  ])('%s is told so, and the connection closed', async (_where, begin) => {
    const { proxy, upstream } = await setting({ requestTime: '1s' });
    const slow = new Slow(proxy).say(begin);
    const drip = setInterval(() => slow.say(begin === head ? 'x: y\r\n' : ''), 200);
    const answer = await slow.read();
    clearInterval(drip);
    expect([answer.status, codeOf(answer), answer.isLast]).toEqual([408, 'request_timeout', true]);
    await slow.closed;
    expect([upstream.got.length, proxy.server.inSystem]).toEqual([0, 0]);
  });

  test('while an answer is still to come is not answered out of turn', async () => {
    const { proxy } = await setting({ requestTime: '1s' }, () => {});
    const slow = new Slow(proxy).say(`${head}content-length: 2\r\n\r\n{}${head}`);
    await slow.closed;
    expect(slow.bytes.toString()).toBe('');
    await proxy.until(1);
    expect(proxy.ended[0]).toMatchObject({ outcome: 'cancelled' });
  });
});

describe.each(transports)('who does not read, by %s', (transport) => {
  test('is given up, and the replica is told and not blamed', async () => {
    const { proxy, upstream } = await setting(
      { stalledReader: '1s' },
      ({ response }) => {
        response.writeHead(200, { 'content-type': 'text/event-stream' });
        const more = () => {
          while (!response.destroyed && response.write(Buffer.alloc(65_536, 'x')));
        };
        response.on('drain', more);
        more();
      },
      transport,
    );
    const slow = new Slow(proxy).say(`${head}content-length: 2\r\n\r\n{}`);
    slow.socket.pause();
    await proxy.until(1);
    await upstream.got[0]!.aborted;
    expect(proxy.ended[0]).toMatchObject({ outcome: 'cancelled' });
    const replica = proxy.server.generation.gateway.replicas[0]!;
    expect([replica.inFlight, replica.isEjected, proxy.server.inSystem]).toEqual([0, false, 0]);
  });

  test('answers that wait on the connection after their ends are given up too', async () => {
    const body = Buffer.alloc(16_384, 'x');
    const { proxy } = await setting(
      { stalledReader: '2s', requests: 1 },
      ({ response }) => response.writeHead(200, { 'content-length': body.length }).end(body),
      transport,
    );
    const slow = new Slow(proxy);
    slow.socket.pause();
    slow.say('GET /v1/x HTTP/1.1\r\nhost: a\r\n\r\n'.repeat(2_000));
    // All that lies between the two of them is full when no more answers are asked for.
    for (let before = -1; before !== proxy.ended.length || before === 0; ) {
      before = proxy.ended.length;
      await new Promise((resolve) => setTimeout(resolve, 500));
    }
    expect(proxy.ended.length).toBeLessThan(2_000);
    while ((await fetch(`${proxy.url}/v1/x`)).status !== 200) {
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    slow.socket.resume();
    await slow.closed;
    expect(proxy.server.inSystem).toBe(0);
  });
});

describe('more than there may be', () => {
  test('connections are closed as they come', async () => {
    const { proxy } = await setting({ connections: 2 });
    const first = new Slow(proxy).say(`${head}content-length: 2\r\n\r\n{}`);
    const second = new Slow(proxy).say(`${head}content-length: 2\r\n\r\n{}`);
    expect([(await first.read()).status, (await second.read()).status]).toEqual([200, 200]);
    const third = new Slow(proxy);
    await third.closed;
    first.socket.destroy();
    await first.closed;
    // The proxy may hear of the one that left after the one that comes.
    for (;;) {
      const fourth = new Slow(proxy).say(`${head}content-length: 2\r\n\r\n{}`);
      const answer = await fourth.read().catch(() => undefined);
      if (answer === undefined) continue;
      expect(answer.status).toBe(200);
      break;
    }
  });

  test('requests are refused, until one of those that are open ends', async () => {
    let finish = () => {};
    const { proxy, upstream } = await setting({ requests: 1 }, ({ response }) => {
      finish = () => response.end('{}');
      if (upstream.got.length > 1) finish();
    });
    const first = new Slow(proxy).say(`${head}content-length: 2\r\n\r\n{}`);
    while (upstream.got.length === 0) await new Promise((resolve) => setImmediate(resolve));
    const second = await new Slow(proxy).say(`${head}content-length: 2\r\n\r\n{}`).read();
    expect([second.status, codeOf(second)]).toEqual([503, 'too_many_requests_open']);
    finish();
    expect((await first.read()).status).toBe(200);
    const third = await new Slow(proxy).say(`${head}content-length: 2\r\n\r\n{}`).read();
    expect(third.status).toBe(200);
  });

  const long = 'x'.repeat(4_000_000);
  test.each([
    ['declared', `${head}content-length: ${long.length}\r\n\r\n${long}`],
    ['undeclared', `${head}transfer-encoding: chunked\r\n\r\n3d0900\r\n${long}\r\n0\r\n\r\n`],
    ['undeclared and endless', `${head}transfer-encoding: chunked\r\n\r\n3d0900\r\n${long}\r\n`],
    ['unpacked', `${head}content-encoding: gzip\r\ncontent-length: ${long.length}\r\n\r\n${long}`],
  ])('bytes of a body, %s: the client reads why, though it sends first', async (_how, text) => {
    const { proxy, upstream } = await setting({ bodyBytes: 1_000 });
    for (let i = 0; i < 2; i++) {
      const slow = new Slow(proxy);
      slow.socket.pause();
      await new Promise((resolve) => slow.socket.write(text, resolve));
      slow.socket.resume();
      const answer = await slow.read();
      expect([answer.status, codeOf(answer)]).toEqual([413, 'body_too_large']);
      await slow.closed;
    }
    expect(upstream.got).toEqual([]);
  });

  test('bytes of a head', async () => {
    const { proxy } = await setting({ headerBytes: 4_096 });
    const slow = new Slow(proxy).say(`${head}x: ${'y'.repeat(500_000)}\r\n\r\n`);
    const answer = await slow.read();
    expect([answer.status, codeOf(answer)]).toEqual([431, 'headers_too_large']);
    await slow.closed;
  });
});

describe('who asks first whether the body is wanted', () => {
  test('is told no without being told to go on', async () => {
    const { proxy } = await setting({ bodyBytes: 10 });
    const slow = new Slow(proxy).say(`${head}expect: 100-continue\r\ncontent-length: 11\r\n\r\n`);
    const answer = await slow.read();
    expect([answer.status, answer.interim]).toEqual([413, []]);
    await slow.closed;
  });

  test('is told to go on, and gets the answer', async () => {
    const { proxy } = await setting({});
    const slow = new Slow(proxy).say(`${head}expect: 100-continue\r\ncontent-length: 2\r\n\r\n`);
    await once(slow.socket, 'data');
    expect(slow.bytes.toString()).toBe('HTTP/1.1 100 Continue\r\n\r\n');
    const answer = await slow.say('{}').read();
    expect([answer.status, answer.interim, answer.body.toString()]).toEqual([
      200,
      [100],
      answerBody,
    ]);
  });
});

test('a request that would rather be another protocol is served in this one', async () => {
  const { proxy } = await setting({});
  const upgrade = 'connection: Upgrade, HTTP2-Settings\r\nupgrade: h2c\r\nhttp2-settings: AAM\r\n';
  const slow = new Slow(proxy).say(`${head}${upgrade}content-length: 2\r\n\r\n{}`);
  expect(await slow.read()).toMatchObject({ status: 200, body: Buffer.from(answerBody) });
});

test('a tunnel is refused, and may break at any time', async () => {
  const { proxy } = await setting({}, () => {});
  const tunnel = 'CONNECT a:1 HTTP/1.1\r\nhost: a\r\n\r\n';
  const answer = await new Slow(proxy).say(tunnel).read();
  expect([answer.status, codeOf(answer)]).toEqual([501, 'not_implemented']);
  for (let i = 0; i < 50; i++) {
    const slow = new Slow(proxy).say(`${head}content-length: 2\r\n\r\n{}`.repeat(i % 2) + tunnel);
    await once(slow.socket, 'connect');
    if (i % 3 === 0) await new Promise((resolve) => setImmediate(resolve));
    slow.socket.resetAndDestroy();
  }
  expect((await new Slow(proxy).say(tunnel).read()).status).toBe(501);
});

test('what clients call theirs does not take away what the proxy says', async () => {
  const { proxy, upstream } = await setting({});
  const answer = await new Slow(proxy)
    .say(`${head}connection: keep-alive, x-request-id\r\nx-request-id: mine\r\n`)
    .say('content-length: 2\r\n\r\n{}')
    .read();
  expect(answer.status).toBe(200);
  expect(upstream.got[0]!.request.headers['x-request-id']).toBe('mine');
});
