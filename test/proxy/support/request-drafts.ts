import { gzipSync } from 'node:zlib';
import { type Random, randomIndex } from '../../../core/random.ts';
import { mutateBytes, pick } from './byte-mutations.ts';

/** A request before it is bytes. */
interface Draft {
  method: string;
  target: string;
  version: string;
  headers: string[];
  body: Buffer;
  framing: 'length' | 'chunked' | 'none';
  chunkSize: string | undefined;
}

type Change = (draft: Draft, random: Random) => void;

/** The bytes of a request that some client could have sent, changed in its meaning or its bytes. */
export function hostileRequest(random: Random, id: string): Buffer {
  const draft = validDraft(random, id);
  for (let left = randomIndex(random, 3); left > 0; left--) pick(random, changes)(draft, random);
  const bytes = render(draft);
  return random() < 0.5 ? mutateBytes(bytes, random) : bytes;
}

/** Nothing is wrong with it. */
export function goodRequest(random: Random, id: string): Buffer {
  return render(validDraft(random, id));
}

const chat = '{"model":"m","stream":true,"messages":[{"role":"user","content":"Tell me"}]}';

function validDraft(random: Random, id: string): Draft {
  return {
    method: 'POST',
    target: '/v1/chat/completions',
    version: 'HTTP/1.1',
    headers: [
      'Host: proxy.test',
      'Content-Type: application/json',
      'Authorization: Bearer sk-client',
      'X-API-Key: sk-client',
      `X-Request-Id: ${id}`,
    ],
    body: Buffer.from(chat),
    framing: random() < 0.7 ? 'length' : 'chunked',
    chunkSize: undefined,
  };
}

function render({ body, chunkSize, framing, headers, method, target, version }: Draft): Buffer {
  const lines = [`${method} ${target} ${version}`, ...headers];
  if (framing === 'length') lines.push(`Content-Length: ${body.length}`);
  if (framing === 'chunked') lines.push('Transfer-Encoding: chunked');
  const head = Buffer.from(`${lines.join('\r\n')}\r\n\r\n`, 'latin1');
  if (framing !== 'chunked') return Buffer.concat([head, body]);
  const size = Buffer.from(`${chunkSize ?? body.length.toString(16)}\r\n`);
  return Buffer.concat([head, size, body, Buffer.from('\r\n0\r\n\r\n')]);
}

const methods = ['GET', 'HEAD', 'PUT', 'DELETE', 'OPTIONS', 'TRACE', 'PATCH', 'post', 'P OST', ''];
const targets = ['*', '/', '//', '/v1', '/v1/', '/v1//', '/v1/models', '/health', '/metrics']
  .concat(['http://proxy.test/v1/chat/completions', 'http:///', '/v1/../metrics', '/v1/%2e%2e/x'])
  .concat(['/v1/..\\x', '/v1/x#y', '/v1/x?a=\xff', '/v1/\xe9', '/v1/x y', '/v1/x\ty', '/v1/x\x00'])
  .concat(['/v1/x?a\x7f', '/v1/x\x0c', 'proxy.test:80', '/tokenize', '/v1/x%00', '/v1/%', '?'])
  .concat(['/v1/x\rX-Injected: 1', '/v1/x"<>^`{|}', `/v1/${'a'.repeat(3_000)}`]);
const headers = ['Transfer-Encoding: chunked', 'Transfer-Encoding: identity', 'Content-Length: 0']
  .concat(['Transfer-Encoding: chunked, chunked', 'Transfer-Encoding: gzip, chunked'])
  .concat(['Transfer-Encoding : chunked', 'Transfer-Encoding:\x0bchunked', 'Content-Length: +5'])
  .concat(['Content-Length: 5, 5', 'Content-Length: -1', 'Content-Length: 0x10', 'Content-Length:'])
  .concat(['Content-Length: 99999999999999999999', 'Content-Length: 5\r\nContent-Length: 6'])
  .concat(['X-A: b\r\n c', 'X-A: b\r\n\tc: d', ' X-A: b', 'X-A', ': b', 'X A: b', 'X-A : b'])
  .concat(['X-A: \0', 'X-A: b\rX-Injected: 1', 'X-A: b\nX-Injected: 1', 'X-A: \xc4\x8d\xc4\x8a'])
  .concat(['X-A: \xff\xfe', 'X-A:', 'X-\xe9: b', 'Host: other', 'Host: a\r\nHost: b', 'Host:'])
  .concat(['Connection: close', 'Connection: x-request-id', 'Connection: content-length, host'])
  .concat(['Connection: keep-alive, authorization', 'Keep-Alive: timeout=9', 'TE: trailers'])
  .concat(['Connection: Upgrade\r\nUpgrade: websocket', 'Upgrade: h2c', 'Trailer: x-api-key'])
  .concat(['Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAM'])
  .concat(['Expect: 100-continue', 'Expect: 200-ok', 'expect: 100-Continue', 'Expect: '])
  .concat(['Content-Encoding: gzip', 'Content-Encoding: br, br', 'Content-Encoding: identity'])
  .concat(['X-Request-Id: a\tb', 'Proxy-Authorization: Basic eA==', 'Proxy-Connection: close'])
  .concat([`X-Long: ${'y'.repeat(9_000)}`, 'X-Session-Id: \xff', 'traceparent: 00-\xff-1-01']);
const bodies = ['', '{', 'null', '[]', '{}', '"\\ud800"', '{"a":1e999}', '{"stream":"\xff\xfe"}']
  .concat(['{"messages":[{"role":"user","content":"\\u12"}]}', '{"max_tokens":-1e308}', '\0\0\0'])
  .concat([`{"max_tokens":${'9'.repeat(400)}}`, '['.repeat(5_000), '{"a":'.repeat(3_000)])
  .concat([`{"messages":${'[{"content":'.repeat(1_000)}`, '{"messages":{"messages":{}}}', 'x=1'])
  .concat(['0\r\n\r\nGET /v1/smuggled HTTP/1.1\r\nHost: a\r\n\r\n', '\xef\xbb\xbf{"model":"m"}']);
const sizes = [
  '0',
  '-1',
  'fffffffffffffffff',
  'ffffffff',
  '1;x=y',
  '0x10',
  ' 5',
  '5 ',
  '',
  'g',
].concat(['7fffffffffffffff', '4c;a="\r\n"', '4c\n', '004c', '4C;']);

const zipped = gzipSync(chat);

const changes: readonly Change[] = [
  (draft, random) => {
    draft.method = pick(random, methods);
  },
  (draft, random) => {
    draft.target = pick(random, targets);
  },
  (draft, random) => {
    draft.version = pick(random, ['HTTP/1.0', 'HTTP/0.9', 'HTTP/2.0', 'HTTP/1.2', 'http/1.1', '']);
  },
  (draft, random) => {
    const at = randomIndex(random, draft.headers.length + 1);
    draft.headers.splice(at, 0, pick(random, headers));
  },
  (draft, random) => {
    draft.headers.splice(randomIndex(random, draft.headers.length), 1);
  },
  (draft, random) => {
    draft.body = Buffer.from(pick(random, bodies), 'latin1');
  },
  (draft, random) => {
    draft.framing = 'chunked';
    draft.chunkSize = pick(random, sizes);
  },
  (draft) => {
    draft.framing = 'none';
  },
  (draft, random) => {
    draft.headers.push(`Content-Length: ${randomIndex(random, 2 * draft.body.length)}`);
  },
  (draft, random) => {
    draft.headers.push('Content-Encoding: gzip');
    draft.body = random() < 0.3 ? zipped : mutateBytes(zipped, random);
  },
  (draft, random) => {
    draft.body = draft.body.subarray(0, randomIndex(random, draft.body.length + 1));
    draft.headers.push('Connection: close');
  },
];
