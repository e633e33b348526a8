import { spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, describe, expect } from 'vitest';
import { pathOf, testWith } from '../support/programs.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
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
const test = testWith('curl');
const closers: (() => Promise<unknown>)[] = [];
let proxy: RunningProxy | undefined;

afterEach(async () => {
  await proxy?.server.stop();
  proxy = undefined;
  await Promise.all(closers.splice(0).map((close) => close()));
});

async function start(
  transport: string,
  answer: (got: Got) => void,
  config = {},
): Promise<[RunningProxy, Upstream]> {
  const upstream = await startUpstream(answer);
  closers.push(upstream.close);
  proxy = await startProxy({ replicas: [upstream.url], upstream: { transport }, ...config });
  return [proxy, upstream];
}

interface Curl {
  readonly code: number | null;
  readonly stdout: string;
  /** With -v, what went over the connection. */
  readonly stderr: string;
}

function curl(args: readonly string[], onOutput: (stdout: string) => void = () => {}) {
  return new Promise<Curl>((resolve, reject) => {
    const child = spawn(pathOf('curl'), ['-q', '-sS', '--max-time', '20', ...args]);
    let stdout = '';
    let stderr = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      stdout += text;
      onOutput(stdout);
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      stderr += text;
    });
    child.on('error', reject).on('close', (code) => resolve({ code, stdout, stderr }));
  });
}

const json = ['-H', 'content-type: application/json'];
const body = '{"model":"m","messages":[]}';

/** Begins a stream, and goes on when it is told to. */
function streaming() {
  let sent: Got | undefined;
  return {
    answer: (got: Got) => {
      sent = got;
      beginStream(got);
      got.response.write(event('one'));
    },
    finish: () => sent!.response.end(`${event('two')}data: [DONE]\n\n`),
  };
}

const wholeStream = `${event('one')}${event('two')}data: [DONE]\n\n`;

describe.each(transports)('curl by %s', (transport) => {
  test('gets an answer', async () => {
    const [{ url }, { got }] = await start(transport, answerAtOnce);
    const { code, stderr, stdout } = await curl(['-v', ...json, '-d', body, url + chat]);
    expect([code, stdout]).toEqual([0, answerBody]);
    expect(stderr).toMatch(/^< HTTP\/1\.1 200 OK\r?$/m);
    expect(stderr).toMatch(/^< x-request-id: /m);
    expect(got[0]!.body.toString()).toBe(body);
  });

  test.each([
    ['-N', ['-N']],
    ['HTTP/1.0, which knows no chunks', ['-N', '-0']],
  ])('reads a stream as it comes with %s', async (_what, options) => {
    const stream = streaming();
    const [running] = await start(transport, stream.answer);
    let hadFirst = false;
    const args = ['-v', ...options, ...json, '-d', body, running.url + chat];
    const { code, stderr, stdout } = await curl(args, (text) => {
      if (hadFirst || text !== event('one')) return;
      hadFirst = true;
      stream.finish();
    });
    expect([code, hadFirst, stdout]).toEqual([0, true, wholeStream]);
    const isChunked = /^< transfer-encoding: chunked/im.test(stderr);
    expect(isChunked).toBe(!options.includes('-0'));
    await running.until(1);
    expect(running.ended[0]).toMatchObject({ outcome: 'ok', isStreamed: true });
  });

  test('sends a packed body, which the replica gets unpacked', async () => {
    const file = join(temporaryFolder(), 'body.gz');
    const long = JSON.stringify({ model: 'm', prompt: 'to be or not to be '.repeat(20_000) });
    writeFileSync(file, gzipSync(long));
    const [running, { got }] = await start(transport, answerAtOnce);
    const packed = ['-H', 'content-encoding: gzip', '--data-binary', `@${file}`];
    const { code, stdout } = await curl([...json, ...packed, running.url + chat]);
    expect([code, stdout]).toEqual([0, answerBody]);
    expect(got[0]!.body.toString()).toBe(long);
    const { headers } = got[0]!.request;
    expect([headers['content-encoding'], headers['content-length']]).toEqual([
      undefined,
      String(long.length),
    ]);
    expect(running.ended[0]).toMatchObject({ model: 'm', bytesIn: long.length });
  });

  test('is told what is wrong with a body that is only called packed', async () => {
    const [{ url }, { got }] = await start(transport, answerAtOnce);
    const args = [...json, '-H', 'content-encoding: gzip', '-d', body, '-w', ' %{http_code}'];
    const { stdout } = await curl([...args, url + chat]);
    expect(stdout).toMatch(/"code":"damaged_body".* 400$/);
    expect(got).toEqual([]);
  });

  const expecting = [...json, '-H', 'Expect: 100-continue', '--expect100-timeout', '15'];

  test('sends its body when it is told to go on', async () => {
    const [{ url }, { got }] = await start(transport, answerAtOnce);
    const startMs = performance.now();
    const { code, stderr, stdout } = await curl(['-v', ...expecting, '-d', body, url + chat]);
    expect([code, stdout]).toEqual([0, answerBody]);
    expect(stderr).toMatch(/^< HTTP\/1\.1 100 Continue/m);
    // It did not wait until it lost its patience.
    expect(performance.now() - startMs).toBeLessThan(10_000);
    expect([got[0]!.body.toString(), got[0]!.request.headers.expect]).toEqual([body, undefined]);
  });

  test('does not send a body that nobody wants', async () => {
    const keys = [{ sha256: '0'.repeat(64), tenant: 'acme' }];
    const [{ url }] = await start(transport, answerAtOnce, { keys });
    const args = ['-v', ...expecting, '-d', body, '-w', ' %{size_upload}', url + chat];
    const { stderr, stdout } = await curl(args);
    expect(stderr).not.toContain('100 Continue');
    expect(stdout).toMatch(/"code":"invalid_api_key".* 0$/);
  });

  test('gets the head of an answer alone', async () => {
    const [{ url }, { got }] = await start(transport, ({ response }) => {
      response.writeHead(200, { 'content-type': 'application/json', 'content-length': 1_234 });
      response.end();
    });
    // Two, to see that the connection is still good after the first.
    const { code, stdout } = await curl(['-I', url + chat, url + chat]);
    expect(code).toBe(0);
    expect(stdout.match(/^HTTP\/1\.1 200 OK/gm)?.length).toBe(2);
    expect(stdout.match(/^content-length: 1234/gm)?.length).toBe(2);
    expect(got.map(({ request }) => request.method)).toEqual(['HEAD', 'HEAD']);
    expect((await curl(['-I', `${url}/health`])).stdout).toMatch(/^HTTP\/1\.1 200 OK/);
  });

  test('asks for the options of a path', async () => {
    const [{ url }, { got }] = await start(transport, ({ response }) => {
      response.writeHead(204, { allow: 'POST, OPTIONS', 'access-control-allow-origin': '*' });
      response.end();
    });
    const { code, stdout } = await curl(['-i', '-X', 'OPTIONS', url + chat, url + chat]);
    expect(code).toBe(0);
    expect(stdout.match(/^HTTP\/1\.1 204 No Content/gm)?.length).toBe(2);
    expect(stdout).toMatch(/^allow: POST, OPTIONS\r$/m);
    expect(got.map(({ request }) => request.method)).toEqual(['OPTIONS', 'OPTIONS']);
  });
});
