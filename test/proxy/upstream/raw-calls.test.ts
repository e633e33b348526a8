import { describe, expect, onTestFinished, test } from 'vitest';
import { RawTransport } from '../../../proxy/upstream/raw-transport.ts';
import type { UpstreamCall, UpstreamFailure } from '../../../proxy/upstream/transport.ts';
import { nowhere, serveBytes } from '../signals/loopback.ts';

const request = { method: 'GET', path: '/', headers: [], body: undefined, takesFrames: false };

function transportTo(url: URL): RawTransport {
  const transport = new RawTransport(url);
  onTestFinished(() => transport.close());
  return transport;
}

test('a connection that nobody accepts has failed to connect', async () => {
  const transport = transportTo(await nowhere());
  const failure = await new Promise<UpstreamFailure>((onFailure) => {
    const nothing = () => {};
    transport.send(request, { onHead: nothing, onBytes: nothing, onEnd: nothing, onFailure });
  });
  expect(failure.kind).toBe('connect');
});

describe.each(['content-length: 0\r\n\r\n', 'content-length: 2\r\n\r\nok'])('%j', (rest) => {
  test.each(['head', 'bytes'])('can be called off at its %s', async (part) => {
    const heard: string[] = [];
    const { url } = await serveBytes((socket) => {
      socket.on('close', () => closed());
      socket.write(`HTTP/1.1 200 OK\r\n${rest}`);
    });
    let closed = () => {};
    const isClosed = new Promise<void>((resolve) => {
      closed = resolve;
    });
    let call: UpstreamCall | undefined;
    const hear = (what: string) => {
      heard.push(what);
      if (what === part || what === 'end') call?.abort();
    };
    const transport = transportTo(url);
    call = transport.send(request, {
      onHead: () => hear('head'),
      onBytes: () => hear('bytes'),
      onEnd: () => {
        hear('end');
        transport.close();
      },
      onFailure: () => hear('failure'),
    });
    await isClosed;
    const all = rest.endsWith('ok') ? ['head', 'bytes', 'end'] : ['head', 'end'];
    const until = all.indexOf(part);
    expect(heard).toEqual(until < 0 ? all : all.slice(0, until + 1));
  });
});
