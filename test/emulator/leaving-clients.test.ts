import { connect } from 'node:net';
import { expect, test } from 'vitest';
import { randomStream } from '../../core/random.ts';
import type { ReplicaServer } from '../../emulator/http/replica-server.ts';
import { emulate, metric, until } from './support/emulation.ts';

/** Sends a request and breaks the connection after so many bytes of the answer, if it gets there. */
function askAndLeave(port: number, body: string, bytes: number): Promise<void> {
  return new Promise((resolve) => {
    const socket = connect({ port, host: '127.0.0.1' });
    const head = `POST /v1/completions HTTP/1.1\r\nHost: test\r\nContent-Length: ${body.length}\r\nConnection: close\r\n\r\n`;
    let read = 0;
    socket.on('connect', () => {
      socket.write(head + body);
      if (bytes === 0) setImmediate(() => socket.resetAndDestroy());
    });
    socket.on('data', (data) => {
      read += data.length;
      if (read >= bytes) socket.resetAndDestroy();
    });
    socket.on('error', () => {});
    socket.on('close', () => resolve());
  });
}

test('whoever leaves, at whatever moment, leaves nothing behind', async () => {
  const running = await emulate({ count: 2, engine: { maxNumSeqs: 16 } });
  try {
    const random = randomStream(1, 'leaving');
    const port = Number(new URL(running.url).port);
    await Promise.all(
      Array.from({ length: 200 }, async (_, client) => {
        const prompt = Array.from({ length: 1 + (client % 60) }, (_, i) => i);
        const stream = random() < 0.7;
        const body = { prompt, stream, max_tokens: 1 + (client % 90), ignore_eos: true };
        const bytes = random() < 0.2 ? 0 : Math.floor(random() * 12_000);
        await askAndLeave(port, JSON.stringify(body), bytes);
      }),
    );
    const read = (name: string) => metric(running, new RegExp(`^vllm:${name}`));
    const [{ replica }] = running.servers as [ReplicaServer];
    await until(() => replica.engine.inFlight === 0);
    // The step that it was in ends first.
    await until(async () => (await read('num_requests_running')) === 0);
    expect(await read('num_requests_waiting')).toBe(0);
    expect(await read('kv_cache_usage_perc')).toBe(0);
    replica.engine.checkDrained();
    const [aborted, finished] = await Promise.all([
      metric(running, /request_success.*"abort"/),
      metric(running, /request_success.*"length"/),
    ]);
    expect(aborted).toBeGreaterThan(20);
    expect(finished).toBeGreaterThan(20);
    expect(await read('e2e_request_latency_seconds_count')).toBe(aborted + finished);
  } finally {
    await running.stop();
  }
});
