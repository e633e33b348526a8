import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { describe, expect, onTestFinished, test } from 'vitest';
import { randomStream } from '../../core/random.ts';
import { answerScript, type Script } from './support/answer-scripts.ts';
import { type RunningProxy, startProxy, transports } from './support/proxy.ts';
import { readAnswer } from './support/strict-answers.ts';
import { readRequest } from './support/strict-requests.ts';

const seed = Number(process.env['FAIRLEAD_HOSTILE_SEED'] ?? 6);
const answers = 4_000;
const clientsAtOnce = 50;
const longestMs = 8_000;

/** What a request gets is decided by its nonce alone; without one it is a question of the proxy. */
async function lyingUpstream(scriptOf: (nonce: string) => Script): Promise<string> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    let bytes: Buffer = Buffer.alloc(0);
    socket.on('error', () => {});
    socket.on('close', () => sockets.delete(socket));
    socket.on('data', (piece) => {
      bytes = Buffer.concat([bytes, piece]);
      const request = readRequest(bytes);
      if (request === undefined || typeof request === 'string') return;
      bytes = bytes.subarray(request.end);
      const nonce = request.headers.find(([name]) => name === 'x-nonce')?.[1];
      if (nonce === undefined) socket.end('HTTP/1.1 200 OK\r\nconnection: close\r\n\r\n{}');
      else void play(socket, scriptOf(nonce));
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.close();
    for (const socket of sockets) socket.destroy();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

async function play(socket: Socket, { pieces, after }: Script): Promise<void> {
  for (const [index, piece] of pieces.entries()) {
    if (index > 0) await new Promise((resolve) => setImmediate(resolve));
    socket.write(piece);
  }
  if (after === 'end') socket.end();
  if (after === 'reset') socket.resetAndDestroy();
}

/** A connection of a client, which asks for one answer after the other. */
class Asking {
  readonly #port: number;
  #socket: Socket | undefined = undefined;

  constructor(port: number) {
    this.#port = port;
  }

  /** All that the connection gave, until the answer was whole or wrong, or there was no more. */
  async ask(nonce: string, method: string): Promise<{ bytes: Buffer; isHung: boolean }> {
    const socket = this.#socket ?? connect(this.#port, '127.0.0.1').on('error', () => {});
    this.#socket = socket;
    const isHead = method === 'HEAD';
    let bytes: Buffer = Buffer.alloc(0);
    let isHung = false;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(() => {
        isHung = true;
        done();
      }, longestMs);
      const done = () => {
        clearTimeout(timer);
        socket.off('data', onData).off('close', onClose);
        resolve();
      };
      const onClose = () => {
        this.#socket = undefined;
        done();
      };
      const onData = (piece: Buffer) => {
        bytes = Buffer.concat([bytes, piece]);
        const answer = readAnswer(bytes, { isHead, isClosed: false });
        if (answer.kind === 'wrong' || (answer.kind === 'whole' && !answer.isLast)) done();
      };
      socket.on('data', onData).on('close', onClose);
      socket.write(
        `${method} /v1/completions HTTP/1.1\r\nhost: a\r\nx-nonce: ${nonce}\r\ncontent-length: 2\r\n\r\n{}`,
      );
    });
    return { bytes, isHung };
  }

  close(): void {
    this.#socket?.destroy();
  }
}

/** What is wrong with an answer; it may be cut, where it has to be. */
function faultOf(bytes: Buffer, nonce: string, method: string, script: Script): string | undefined {
  const text = bytes.toString('latin1');
  const answer = readAnswer(bytes, { isHead: method === 'HEAD', isClosed: true });
  const story = `${nonce} ${method}: ${JSON.stringify(text.slice(0, 700))} of ${JSON.stringify(
    Buffer.concat(script.pieces).toString('latin1').slice(0, 700),
  )} ${script.after}`;
  if (answer.kind === 'wrong') return `${answer.why}: ${story}`;
  const own = Buffer.concat(script.pieces);
  // Mutations may make other nonces of its own.
  if (text.match(/~\d+~/g)?.some((found) => found !== nonce && !own.includes(found))) {
    return `foreign: ${story}`;
  }
  if (answer.kind === 'cut') {
    if (!answer.hasHead) return `no head: ${story}`;
    return script.isCutStream && method !== 'HEAD' ? `cut without a word: ${story}` : undefined;
  }
  if (answer.end < bytes.length) return `too much: ${story}`;
  const named = (name: string) => answer.headers.filter(([other]) => other === name);
  if (named('x-request-id').length !== 1) return `whose: ${story}`;
  if (answer.status === 204 && named('content-length').length > 0) return `length of 204: ${story}`;
  if (named('x-fairlead-replica').some(([, value]) => value === 'nobody')) return `lie: ${story}`;
  if (script.isCutStream && method !== 'HEAD' && !answer.body.includes('"error"')) {
    return `no error: ${story}`;
  }
  return undefined;
}

function watchCrashes(): unknown[] {
  const crashes: unknown[] = [];
  const onCrash = (error: unknown) => crashes.push(error);
  process.on('uncaughtException', onCrash).on('unhandledRejection', onCrash);
  onTestFinished(() => {
    process.off('uncaughtException', onCrash).off('unhandledRejection', onCrash);
  });
  return crashes;
}

async function proxyOf(transport: string, url: string): Promise<RunningProxy> {
  const timeouts = { connect: '2s', firstByte: '250ms', idle: '250ms', total: '3s' };
  const proxy = await startProxy({
    replicas: [url],
    upstream: { transport },
    strategy: 'round-robin',
    tellStory: true,
    gateway: { timeouts },
  });
  onTestFinished(() => proxy.server.stop());
  return proxy;
}

describe.each(transports)('by %s', (transport) => {
  test(`${answers} answers of a lying replica, seed ${seed}`, async () => {
    const crashes = watchCrashes();
    const scripts = new Map<string, Script>();
    const url = await lyingUpstream((nonce) => scripts.get(nonce)!);
    const proxy = await proxyOf(transport, url);
    const faults: string[] = [];
    let asked = 0;
    const client = async () => {
      const asking = new Asking(proxy.port);
      while (asked < answers) {
        const nonce = `~${++asked}~`;
        const random = randomStream(seed, `answers/${transport}/${nonce}`);
        const method = random() < 0.1 ? 'HEAD' : 'POST';
        const script = answerScript(random, nonce);
        scripts.set(nonce, script);
        const { bytes, isHung } = await asking.ask(nonce, method);
        const fault = isHung ? `hangs: ${nonce}` : faultOf(bytes, nonce, method, script);
        if (fault !== undefined) faults.push(fault);
      }
      asking.close();
    };
    await Promise.all(Array.from({ length: clientsAtOnce }, client));
    await proxy.until(answers);

    expect(crashes).toEqual([]);
    expect(faults.slice(0, 3)).toEqual([]);
    const { gateway } = proxy.server.generation;
    expect([proxy.server.inSystem, gateway.replicas[0]!.inFlight]).toEqual([0, 0]);
    expect(proxy.ended.filter(({ outcome }) => outcome === 'ok').length).toBeGreaterThan(
      answers / 9,
    );

    const body = 'HTTP/1.1 200 OK\r\ncontent-length: 4\r\n\r\nGood';
    scripts.set('good', { pieces: [Buffer.from(body)], after: 'stay', isCutStream: false });
    const good = await fetch(`${proxy.url}/v1/x`, { headers: { 'x-nonce': 'good' } });
    expect([good.status, await good.text()]).toEqual([200, 'Good']);
  }, 120_000);

  test("what a replica says while nobody asks is nobody's answer", async () => {
    const crashes = watchCrashes();
    const sockets = new Set<Socket>();
    let heard = 0;
    const server = createServer((socket) => {
      sockets.add(socket);
      socket.on('error', () => {});
      socket.on('data', (bytes) => {
        const nonce = /~\d+~/.exec(bytes.toString('latin1'))?.[0];
        if (nonce === undefined) {
          socket.end('HTTP/1.1 200 OK\r\nconnection: close\r\n\r\n{}');
          return;
        }
        heard += 1;
        lastSocket = socket;
        socket.write(`HTTP/1.1 200 OK\r\ncontent-length: ${nonce.length}\r\n\r\n${nonce}`);
      });
    }).listen(0, '127.0.0.1');
    let lastSocket: Socket | undefined;
    await once(server, 'listening');
    onTestFinished(() => {
      server.close();
      for (const socket of sockets) socket.destroy();
    });
    const proxy = await proxyOf(
      transport,
      `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    );
    const asking = new Asking(proxy.port);
    onTestFinished(() => asking.close());
    const unsolicited = [
      'HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nother',
      'HTTP/1.1 102 X\r\n\r\n',
      'HTTP/1.1 408 Request Timeout\r\nconnection: close\r\n\r\n',
      'x',
    ];
    for (let i = 0; i < 200; i++) {
      const { bytes, isHung } = await asking.ask(`~${i}~`, 'POST');
      const answer = readAnswer(bytes, { isHead: false, isClosed: false });
      expect(answer).toMatchObject({ kind: 'whole', status: 200, body: Buffer.from(`~${i}~`) });
      expect(isHung).toBe(false);
      const socket = lastSocket!;
      const closed = new Promise((resolve) => socket.once('close', resolve));
      socket.write(unsolicited[i % unsolicited.length]!);
      await closed;
    }
    expect([crashes, heard]).toEqual([[], 200]);
  }, 60_000);
});
