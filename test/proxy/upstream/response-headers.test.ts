import { expect, test } from 'vitest';
import { responseHead } from '../../../proxy/upstream/response-headers.ts';

function head(status: number, headers: Readonly<Record<string, string>>) {
  const raw = Object.entries(headers).flat();
  const ofTexts = responseHead(status, raw, false);
  const ofBytes = responseHead(
    status,
    raw.map((text) => Buffer.from(text, 'latin1')),
    false,
  );
  expect(ofBytes).toEqual(ofTexts);
  return ofTexts;
}

const stream = { 'Content-Type': 'text/event-stream; charset=utf-8', Server: 'uvicorn' };

test('what holds for one connection, and what only the proxy says, does not pass', () => {
  const spent = {
    ...{ Connection: 'keep-alive', 'Keep-Alive': 'timeout=5', 'Transfer-Encoding': 'chunked' },
    ...{ 'X-Request-Id': 'theirs', 'X-Fairlead-Replica': 'a lie', Upgrade: 'h2c', Trailer: 'x' },
  };
  expect(head(200, { ...spent, ...stream, 'X-Other': 'a' })).toEqual({
    status: 200,
    headers: ['content-type', stream['Content-Type'], 'server', 'uvicorn', 'x-other', 'a'],
    isFramed: false,
    isEventStream: true,
    contentLength: Number.NaN,
  });
});

test('nor does what Connection names, and then it counts for nothing', () => {
  const plain = head(200, {
    'Content-Length': '12',
    'X-Secret': 'a',
    'Content-Type': 'text/plain',
  });
  expect(plain).toMatchObject({ contentLength: 12, isEventStream: false });
  const named = { Connection: 'X-Secret, close, content-length', 'Content-Length': '12' };
  const other = head(200, { ...named, 'X-Secret': 'a', ...stream, connection: 'content-type' });
  expect(other.headers).toEqual(['server', 'uvicorn']);
  expect(other).toMatchObject({ contentLength: Number.NaN, isEventStream: false });
});

test('an answer without content has no length', () => {
  expect(head(204, { 'Content-Length': '5', Server: 'uvicorn' })).toMatchObject({
    headers: ['server', 'uvicorn'],
    contentLength: Number.NaN,
  });
});
