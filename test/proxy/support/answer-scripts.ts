import { type Random, randomIndex } from '../../../core/random.ts';
import { mutateBytes, pick, split } from './byte-mutations.ts';

/** What a lying replica sends for one request. */
export interface Script {
  readonly pieces: readonly Buffer[];
  readonly after: 'stay' | 'end' | 'reset';
  /** An event stream in short chunks that was cut somewhere: it can still be told of. */
  readonly isCutStream: boolean;
}

/** The same for the same request, whose nonce is all that any of its bytes may carry. */
export function answerScript(random: Random, nonce: string): Script {
  const kind = random();
  if (kind < 0.2) return cutStream(random, nonce);
  const valid = pick(random, valids)(nonce);
  const after = pick(random, ['stay', 'end', 'end', 'reset'] as const);
  if (kind < 0.35) {
    const cut = valid.subarray(0, randomIndex(random, valid.length + 1));
    return { pieces: split(cut, random, 4), after, isCutStream: false };
  }
  if (kind < 0.65) {
    return { pieces: split(mutateBytes(valid, random), random, 4), after, isCutStream: false };
  }
  if (kind < 0.75) return { pieces: split(valid, random, 6), after: 'stay', isCutStream: false };
  // In one piece: what comes later could as well be the answer to the next request.
  const wrong = Buffer.from(pick(random, wrongs)(nonce), 'latin1');
  return { pieces: [wrong], after, isCutStream: false };
}

const events = 'HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\n';

function eventsOf(nonce: string): string {
  const event = (n: number) => `data: {"choices":[{"delta":{"content":"${nonce} ${n}"}}]}\n\n`;
  return [event(1), event(2), event(3), 'data: [DONE]\n\n'].map(chunk).join('');
}

function cutStream(random: Random, nonce: string): Script {
  const chunks = eventsOf(nonce);
  const cut = chunks.slice(0, randomIndex(random, chunks.length - 1));
  const bytes = Buffer.from(`${events}transfer-encoding: chunked\r\n\r\n${cut}`);
  const after = pick(random, ['end', 'end', 'end', 'reset'] as const);
  return { pieces: split(bytes, random, 6), after, isCutStream: after === 'end' };
}

function chunk(text: string): string {
  return `${text.length.toString(16)}\r\n${text}\r\n`;
}

function sized(
  nonce: string,
  head = 'HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n',
): string {
  const body = `{"id":"${nonce}","usage":{"completion_tokens":2}}`;
  return `${head}content-length: ${body.length}\r\n\r\n${body}`;
}

type Text = (nonce: string) => string;

const validTexts: readonly Text[] = [
  (nonce) => sized(nonce),
  (nonce) => `${events}transfer-encoding: chunked\r\n\r\n${eventsOf(nonce)}0\r\n\r\n`,
  (nonce) => `${events}content-length: ${nonce.length}\r\n\r\n${nonce}`,
  (nonce) => `HTTP/1.1 103 Early Hints\r\nlink: ${nonce}\r\n\r\n${sized(nonce)}`,
  (nonce) => sized(nonce, 'HTTP/1.1 404 Not Found\r\nconnection: close\r\n'),
  (nonce) => sized(nonce, 'HTTP/1.1 503 Busy\r\nretry-after: 1\r\n'),
  (nonce) =>
    `HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n${chunk(nonce)}0\r\na: b\r\n\r\n`,
];
const valids = validTexts.map((text) => (nonce: string) => Buffer.from(text(nonce), 'latin1'));

const framings = ['content-length: 5\r\ncontent-length: 6', 'content-length: 5, 5']
  .concat(['content-length: 9\r\ncontent-length: 9', 'content-length: -1', 'content-length: 1e3'])
  .concat(['content-length: 9\r\ntransfer-encoding: chunked', 'content-length: 0x9'])
  .concat(['transfer-encoding: gzip, chunked', 'transfer-encoding: chunked, identity'])
  .concat(['transfer-encoding:\x0bchunked', 'transfer-encoding : chunked', 'x: \0', 'x: a\rb: c'])
  .concat(['content-length: 99999999999999999999', 'content-length:', 'x: a\r\n b: c', 'x\xe9: a'])
  .concat(['connection: upgrade\r\nupgrade: websocket', 'x-fairlead-replica: nobody', ': a'])
  .concat(['connection: content-type, content-length', 'x-request-id: other', 'keep-alive: max=0'])
  .concat(['set-cookie: a=b\nset-cookie: c=d', 'trailer: content-length', 'location: \xff\xfe'])
  .concat([`x: ${'y'.repeat(70_000)}`, 'x: y\r\n'.repeat(8_000).trim()]);
const statuses = [
  '000',
  '099',
  '100',
  '101',
  '102',
  '199',
  '204',
  '205',
  '304',
  '600',
  '999',
  '20',
].concat(['2000', '2x0', '', '-20', '500', '502', '429', '403']);
const sizes = [
  '0',
  'g',
  '-1',
  'ffffffff',
  'fffffffffffffffff',
  '7fffffffffffffff',
  '10;a=b',
  ' 10',
].concat(['10 ', '0010', '1', `5;${'x'.repeat(20_000)}`, '']);

const wrongs: readonly Text[] = [
  ...framings.map(
    (line): Text =>
      (nonce) =>
        sized(nonce, `HTTP/1.1 200 OK\r\n${line}\r\n`),
  ),
  ...framings.map(
    (line): Text =>
      (nonce) =>
        `${events}${line}\r\ntransfer-encoding: chunked\r\n\r\n${chunk(nonce)}0\r\n\r\n`,
  ),
  ...statuses.map(
    (status): Text =>
      (nonce) =>
        sized(nonce, `HTTP/1.1 ${status} X\r\n`),
  ),
  ...statuses.map(
    (status): Text =>
      (nonce) =>
        `HTTP/1.1 ${status} X\r\nx: ${nonce}\r\n\r\n`,
  ),
  ...sizes.map(
    (size): Text =>
      (nonce) =>
        `${events}transfer-encoding: chunked\r\n\r\n${chunk(nonce)}${size}\r\n${nonce}\r\n0\r\n\r\n`,
  ),
  (nonce) => `HTTP/1.1 102 X\r\nx: ${nonce}\r\n\r\n`.repeat(2_000),
  (nonce) => `HTTP/1.1 102 X\r\n\r\n`.repeat(20) + sized(nonce),
  (nonce) => sized(nonce) + sized(nonce),
  (nonce) => `${sized(nonce)}${nonce}`,
  (nonce) => sized(nonce).replace('1.1', '1.0'),
  (nonce) => sized(nonce).replace('1.1', '2.0'),
  (nonce) => `HTTP/1.1 200 OK\r\n\r\n${nonce}`,
  (nonce) => `HTTP/1.0 200 OK\r\ncontent-type: text/event-stream\r\n\r\ndata: ${nonce}\n\n`,
  (nonce) => `${events}content-length: 500\r\n\r\ndata: ${nonce}\n\n`,
  (nonce) => `${events}content-length: 3\r\n\r\ndata: ${nonce}\n\n`,
  (nonce) => `${events}transfer-encoding: chunked\r\n\r\n5000\r\ndata: ${nonce}\n\n`.padEnd(19_000),
  (nonce) => `${events}transfer-encoding: chunked\r\n\r\n0\r\n${`a: ${nonce}\r\n`.repeat(9_000)}`,
  (nonce) => 'HTTP/1.1 200 OK\r\n'.padEnd(70_000, `x: ${nonce}\r\n`),
  (nonce) => `HTTP/1.1 200 OK\n\ncontent-length: 3\n\n${nonce}`,
  (nonce) => `<html>${nonce}</html>`,
  () => '',
];
