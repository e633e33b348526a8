import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { type Random, randomIndex, randomStream } from '../../core/random.ts';
import { split } from './support/byte-mutations.ts';
import { startProxy, transports } from './support/proxy.ts';
import { goodRequest, hostileRequest } from './support/request-drafts.ts';
import { readAnswer } from './support/strict-answers.ts';
import { type ReadRequest, readRequest } from './support/strict-requests.ts';

const seed = Number(process.env['FAIRLEAD_HOSTILE_SEED'] ?? 6);
const requests = 10_000;
const connectionsAtOnce = 150;
const longestMs = 8_000;

interface StrictUpstream {
  readonly url: string;
  readonly got: string[];
  /** What no proxy may send. */
  readonly wrong: string[];
}

/** A replica that takes nothing that could be read in two ways, and says what it got. */
async function strictUpstream(): Promise<StrictUpstream> {
  const got: string[] = [];
  const wrong: string[] = [];
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => {});
    let bytes: Buffer = Buffer.alloc(0);
    socket.on('data', (piece) => {
      bytes = Buffer.concat([bytes, piece]);
      for (;;) {
        const request = readRequest(bytes);
        if (request === undefined) break;
        if (typeof request === 'string') {
          wrong.push(request);
          socket.destroy();
          break;
        }
        bytes = bytes.subarray(request.end);
        const id = idOf(request);
        // Questions of the proxy itself have none.
        if (id !== undefined) got.push(keyOf(request, id));
        socket.write(answerTo(request, id));
      }
    });
    socket.on('close', () => sockets.delete(socket));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.close();
    for (const socket of sockets) socket.destroy();
  });
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}`, got, wrong };
}

function idOf({ headers }: ReadRequest): string | undefined {
  return headers.find(([name]) => name === 'x-request-id')?.[1];
}

function keyOf({ body, method, target }: ReadRequest, id: string): string {
  return `${id} ${method} ${target} ${body.length}`;
}

function answerTo({ method }: ReadRequest, id: string | undefined): string {
  const text = `data: {"id":"${id}"}\n\n`;
  const head = 'HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\n';
  if (method === 'HEAD') return `${head}content-length: ${text.length}\r\n\r\n`;
  if (id !== undefined && id.length % 2 === 0) {
    return `${head}content-length: ${text.length}\r\n\r\n${text}`;
  }
  return `${head}transfer-encoding: chunked\r\n\r\n${text.length.toString(16)}\r\n${text}\r\n0\r\n\r\n`;
}

interface Sent {
  readonly bytes: Buffer;
  readonly requests: number;
  readonly answered: Buffer;
  readonly isHung: boolean;
}

/** One after the other or all at once, until the proxy closes the connection. */
async function send(port: number, requests: readonly Buffer[], random: Random): Promise<Sent> {
  const socket = connect(port, '127.0.0.1');
  let answered: Buffer = Buffer.alloc(0);
  let isHung = false;
  let onMore = () => {};
  socket.on('error', () => {});
  socket.on('data', (piece: Buffer) => {
    answered = Buffer.concat([answered, piece]);
    onMore();
  });
  const closed = new Promise<void>((resolve) => socket.on('close', () => resolve()));
  void closed.then(() => onMore());
  const timer = setTimeout(() => {
    isHung = true;
    socket.destroy();
  }, longestMs);
  const isPipelined = random() < 0.25;
  let sent = 0;
  for (const request of requests) {
    if (socket.closed) break;
    sent += 1;
    const before = answered.length;
    for (const piece of split(request, random, 3)) {
      socket.write(piece);
      if (!isPipelined) await new Promise((resolve) => setImmediate(resolve));
    }
    const isWhole = () =>
      socket.closed ||
      readAnswer(answered.subarray(before), { isHead: false, isClosed: false }).kind !== 'cut';
    if (isPipelined || request.includes('HEAD')) continue;
    await new Promise<void>((resolve) => {
      onMore = () => {
        if (isWhole()) resolve();
      };
      onMore();
    });
  }
  const leaving = random();
  if (leaving < 0.02) socket.resetAndDestroy();
  else if (leaving < (isPipelined ? 0.04 : 0.7)) socket.end();
  await closed;
  clearTimeout(timer);
  return { bytes: Buffer.concat(requests.slice(0, sent)), requests: sent, answered, isHung };
}

/** What is wrong with the answers on a connection; they may break off, but not go wrong. */
function faultOf({ answered, bytes, isHung }: Sent): string | undefined {
  if (isHung) return `hangs: ${JSON.stringify(bytes.toString('latin1'))}`;
  if (bytes.includes('HEAD')) return undefined;
  for (let rest = answered; rest.length > 0; ) {
    const answer = readAnswer(rest, { isHead: false, isClosed: true });
    if (answer.kind === 'cut') return undefined;
    if (answer.kind === 'wrong') return `${answer.why}: ${rest.toString('latin1')}`;
    const named = /"id":"([^"]*)"/.exec(answer.body.toString('latin1'))?.[1];
    const own = answer.headers.find(([name]) => name === 'x-request-id')?.[1];
    if (named !== undefined && named !== own) return `${own} got the answer of ${named}`;
    rest = rest.subarray(answer.end);
  }
  return undefined;
}

test.each(transports)(
  `${requests} mutated requests of seed ${seed} by %s`,
  async (transport) => {
    const crashes: unknown[] = [];
    const onCrash = (error: unknown) => crashes.push(error);
    process.on('uncaughtException', onCrash).on('unhandledRejection', onCrash);
    onTestFinished(() => {
      process.off('uncaughtException', onCrash).off('unhandledRejection', onCrash);
    });
    const upstream = await strictUpstream();
    const timeouts = { connect: '2s', firstByte: '5s', idle: '5s', total: '10s' };
    const proxy = await startProxy({
      replicas: [upstream.url],
      upstream: { transport },
      strategy: 'approximate-prefix',
      gateway: { timeouts },
      limits: { requestTime: '1s', idle: '1s', headerBytes: 8_192, bodyBytes: 65_536 },
    });
    onTestFinished(() => proxy.server.stop());
    const random = randomStream(seed, `requests/${transport}`);
    const faults: string[] = [];
    let made = 0;
    let sent = 0;
    const client = async () => {
      while (sent < requests) {
        const some = Array.from({ length: 1 + randomIndex(random, 8) }, () => {
          const id = `n${++made}-${'x'.repeat(made % 2)}`;
          return (random() < 0.2 ? goodRequest : hostileRequest)(random, id);
        });
        const one = await send(proxy.port, some, random);
        sent += one.requests;
        const fault = faultOf(one);
        if (fault !== undefined) faults.push(fault);
      }
    };
    await Promise.all(Array.from({ length: connectionsAtOnce }, client));

    expect(crashes).toEqual([]);
    expect(faults.slice(0, 3)).toEqual([]);
    expect([...new Set(upstream.wrong)].slice(0, 9)).toEqual([]);
    const { gateway } = proxy.server.generation;
    expect([proxy.server.inSystem, gateway.replicas[0]!.inFlight]).toEqual([0, 0]);
    // The replica is a good one, and is never told to be anything else.
    expect(proxy.ended.filter(({ outcome }) => outcome === 'failed').slice(0, 3)).toEqual([]);
    const said = proxy.ended
      .filter(({ attempts }) => attempts > 0)
      .map((one) => ({ ...one, key: `${one.requestId} ${one.method} ${one.path} ${one.bytesIn}` }));
    const forwarded = said.filter(({ outcome }) => outcome === 'ok').map(({ key }) => key);
    expect(
      without(
        upstream.got,
        said.map(({ key }) => key),
      ).slice(0, 3),
    ).toEqual([]);
    expect(without(forwarded, upstream.got).slice(0, 3)).toEqual([]);
    expect(upstream.got.length).toBeGreaterThan(requests / 4);

    const good = await fetch(`${proxy.url}/v1/completions`, { method: 'POST', body: '{}' });
    expect([good.status, await good.text()]).toEqual([200, expect.stringContaining('"id"')]);
  },
  120_000,
);

/** Those of the one list that are not in the other, as often. */
function without(list: readonly string[], other: readonly string[]): string[] {
  const left = new Map<string, number>();
  for (const item of other) left.set(item, (left.get(item) ?? 0) + 1);
  return list.filter((item) => {
    const count = left.get(item) ?? 0;
    left.set(item, count - 1);
    return count <= 0;
  });
}
