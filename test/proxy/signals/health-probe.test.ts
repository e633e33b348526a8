import { describe, expect, onTestFinished, test } from 'vitest';
import { HealthProbe } from '../../../proxy/signals/health-probe.ts';
import { DispatchTransport } from '../../../proxy/upstream/dispatch-transport.ts';
import { RawTransport } from '../../../proxy/upstream/raw-transport.ts';
import { nowhere, serveBytes, serveHttp } from './loopback.ts';

describe.each([
  ['by undici', DispatchTransport],
  ['over bare sockets', RawTransport],
])('a probe %s', (_, Transport) => {
  function probing(url: URL, timeoutUs = 1e6): HealthProbe {
    const probe = new HealthProbe({
      replica: 2,
      url,
      path: '/health',
      createTransport: (origin) => new Transport(origin),
      authorization: undefined,
      timeoutUs,
      nowUs: () => 77,
    });
    onTestFinished(() => probe.close());
    return probe;
  }

  function askOnce(probe: HealthProbe): Promise<unknown[]> {
    return new Promise((resolve) => {
      probe.probe({ onProbe: (...answer) => resolve(answer) });
    });
  }

  test.each([
    [200, true],
    [204, true],
    [299, true],
    [302, false],
    [404, false],
    [503, false],
  ])('takes %d for healthy: %s', async (status, isHealthy) => {
    const paths: unknown[] = [];
    const { url } = await serveHttp(({ url }, response) => {
      paths.push(url);
      response.writeHead(status).end();
    });
    const probe = probing(url);
    expect(await askOnce(probe)).toEqual([2, isHealthy, 77]);
    expect(await askOnce(probe)).toEqual([2, isHealthy, 77]);
    expect(paths).toEqual(['/health', '/health']);
  });

  test('takes whoever does not answer for unhealthy', async () => {
    const urls = [
      await nowhere(),
      (await serveBytes((socket) => socket.destroy())).url,
      (await serveBytes((socket) => socket.write('HTTP/1.1 2000 OK\r\n\r\n'))).url,
      (await serveBytes(() => {})).url,
      (await serveBytes((socket) => socket.write('HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\n')))
        .url,
    ];
    for (const url of urls) expect(await askOnce(probing(url, 50_000))).toEqual([2, false, 77]);
  });

  test('takes one who talks without an end for unhealthy', async () => {
    const { url } = await serveHttp((_, response) => {
      const more = () => {
        while (response.write('x'.repeat(10_000)));
      };
      response.on('drain', more);
      more();
    });
    expect(await askOnce(probing(url))).toEqual([2, false, 77]);
  });

  test('answers once, and to the last who asked', async () => {
    const answers: string[] = [];
    const { url } = await serveHttp((_, response) => {
      setTimeout(() => response.end(), 20);
    });
    const probe = probing(url, 60_000);
    await new Promise<void>((resolve) => {
      probe.probe({ onProbe: () => answers.push('first') });
      probe.probe({
        onProbe: () => {
          answers.push('second');
          // Longer than its time-out.
          setTimeout(resolve, 80);
        },
      });
    });
    expect(answers).toEqual(['second']);
  });

  test('that is closed answers nobody', async () => {
    const { url } = await serveBytes((socket) => {
      probe.close();
      socket.on('close', () => closed());
    });
    let closed = () => {};
    const isClosed = new Promise<void>((resolve) => {
      closed = resolve;
    });
    const probe = probing(url, 10_000);
    let answers = 0;
    probe.probe({ onProbe: () => answers++ });
    await isClosed;
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(answers).toBe(0);
  });
});
