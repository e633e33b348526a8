import type { Socket } from 'node:net';
import { expect, test, vi } from 'vitest';
import type { SmallTenant } from '../support/scenarios.ts';
import { playUrl, steady } from './support/live.ts';
import {
  chunk,
  scriptedServer,
  streamStart,
  tokenEvent,
  wholeAnswer,
} from './support/scripted-server.ts';

// Every way in which a server can break has its own name, and none of them leaves a socket behind.

interface Breakage {
  readonly name: string;
  readonly outcome: string;
  readonly failure: string | undefined;
  readonly client?: Readonly<Record<string, unknown>>;
  readonly answer: (socket: Socket, nth: number) => void;
}

const json = (status: string, body: string) =>
  `HTTP/1.1 ${status}\r\ncontent-type: application/json\r\ncontent-length: ${body.length}\r\n\r\n${body}`;
const said = (text: string) => (socket: Socket) => void socket.write(text);
const thenClosed = (text: string) => (socket: Socket) => void socket.end(text);
const token = chunk(tokenEvent());
const error = '{"error":{"message":"no room","code":503}}';

const breakages: readonly Breakage[] = [
  { name: 'none', outcome: 'ok', failure: undefined, answer: said(wholeAnswer) },
  { name: 'closes at once', outcome: 'failed', failure: 'closed', answer: thenClosed('') },
  {
    ...{ name: 'closes within a stream', outcome: 'failed', failure: 'closed' },
    answer: thenClosed(streamStart + token),
  },
  {
    ...{ name: 'resets within a stream', outcome: 'failed', failure: 'closed' },
    answer: (socket) => void socket.write(streamStart + token, () => socket.resetAndDestroy()),
  },
  {
    ...{ name: 'ends a stream too early', outcome: 'failed', failure: 'incomplete' },
    answer: said(`${streamStart}${token}0\r\n\r\n`),
  },
  {
    ...{ name: 'sends a bad chunk', outcome: 'failed', failure: 'protocol' },
    answer: said(`${streamStart}${token}zz\r\n`),
  },
  {
    ...{ name: 'sends a chunk longer than it said', outcome: 'failed', failure: 'protocol' },
    answer: said(`${streamStart}3\r\ndata: 1\r\n`),
  },
  {
    ...{ name: 'sends no HTTP', outcome: 'failed', failure: 'protocol' },
    answer: said('SSH-2.0-OpenSSH_9.2\r\n\r\n'),
  },
  {
    ...{ name: 'sends two lengths', outcome: 'failed', failure: 'protocol' },
    answer: said('HTTP/1.1 200 OK\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\nab'),
  },
  {
    ...{ name: 'sends headers without end', outcome: 'failed', failure: 'protocol' },
    answer: said(`HTTP/1.1 200 OK\r\n${'x-more: and more\r\n'.repeat(5_000)}`),
  },
  {
    ...{ name: 'is full', outcome: 'rejected', failure: 'status 503' },
    answer: said(json('503 Unavailable', error)),
  },
  {
    ...{ name: 'fails', outcome: 'failed', failure: 'status 500' },
    answer: said(json('500 Error', '{"detail":"it broke"}')),
  },
  {
    ...{ name: 'puts an error into the stream', outcome: 'failed', failure: 'stream-error' },
    answer: said(`${streamStart}${token}${chunk(`data: ${error}\n\n`)}0\r\n\r\n`),
  },
  {
    ...{ name: 'puts no JSON into the stream', outcome: 'failed', failure: 'malformed' },
    answer: said(`${streamStart}${token}${chunk('data: oops\n\n')}0\r\n\r\n`),
  },
  {
    ...{
      name: 'never answers',
      outcome: 'timeout',
      failure: undefined,
      client: { timeout: '200ms' },
    },
    answer: () => {},
  },
  {
    ...{ name: 'stalls within a stream', outcome: 'timeout', failure: undefined },
    ...{ client: { timeout: '200ms' }, answer: said(streamStart + token) },
  },
];

test.each(breakages)(
  'a server that breaks by: $name',
  async ({ answer, client, failure, outcome }) => {
    const server = await scriptedServer(answer);
    const traffic: SmallTenant = steady(50, 2, client === undefined ? {} : { client });
    const run = await playUrl(server.url, { traffic: [traffic], warmupUs: 0, mostRequests: 10 });
    const outcomes = [...run.log.rows()].map((row) => row.outcome);
    expect(outcomes).toEqual(Array.from({ length: 10 }, () => outcome));
    expect(run.failures.map(({ name }) => name)).toEqual(failure === undefined ? [] : [failure]);
    await vi.waitFor(() => expect(server.open()).toBe(0));
  },
);

test('where nobody listens, every request fails to connect', async () => {
  const server = await scriptedServer(() => {});
  const dead = server.url.replace(/\d+$/, '1');
  const run = await playUrl(dead, { traffic: [steady(50)], warmupUs: 0, mostRequests: 5 });
  expect(run.failures).toMatchObject([{ name: 'connect', requests: 5 }]);
  expect(run.failures[0]!.example).toContain('ECONNREFUSED');
});

test('a resting connection that was closed in passing costs no request', async () => {
  const used = new Set<Socket>();
  const server = await scriptedServer((socket) => {
    if (used.has(socket)) socket.destroy();
    else socket.write(wholeAnswer);
    used.add(socket);
  });
  const run = await playUrl(server.url, { traffic: [steady(20)], warmupUs: 0, mostRequests: 10 });
  expect([...run.log.rows()].map(({ outcome }) => outcome)).toEqual(Array(10).fill('ok'));
  expect(server.requests()).toBeGreaterThan(10);
});

test('bytes may come in any pieces', async () => {
  const bytes = Buffer.from(wholeAnswer);
  const server = await scriptedServer(async (socket, nth) => {
    for (let at = 0; at < bytes.length; at += nth) {
      socket.write(bytes.subarray(at, at + nth));
      await new Promise((resolve) => setImmediate(resolve));
    }
  });
  const run = await playUrl(server.url, { traffic: [steady(5)], warmupUs: 0, mostRequests: 10 });
  const rows = [...run.log.rows()];
  expect(rows.map(({ outcome, outputTokens }) => [outcome, outputTokens])).toEqual(
    Array.from({ length: 10 }, () => ['ok', 2]),
  );
});
