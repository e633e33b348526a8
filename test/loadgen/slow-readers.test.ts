import { expect, test, vi } from 'vitest';
import { quantile, sortedSample } from '../../core/quantiles.ts';
import { playUrl, steady } from './support/live.ts';
import { chunk, scriptedServer, streamStart, tokenEvent } from './support/scripted-server.ts';

// A token of 64 KB, so that an answer is more than the kernel will hold for anybody.
const large = tokenEvent('null', ` ${'a'.repeat(64 * 1_024)}`);
const tokens = 300;

test('a slow reader makes the server wait, has its answer in its own time, and disturbs nobody', async () => {
  let refusedWrites = 0;
  let drains = 0;
  let sentAllMs = Number.NaN;
  const startedMs = performance.now();
  const server = await scriptedServer((socket, nth) => {
    // Those who read what comes get two tokens; the first is from the slow one.
    if (nth > 1) {
      socket.write(`${streamStart}${chunk(tokenEvent())}${chunk(tokenEvent('"length"'))}0\r\n\r\n`);
      return;
    }
    socket.write(streamStart);
    let sent = 0;
    const pump = () => {
      while (sent < tokens) {
        sent += 1;
        if (socket.write(chunk(sent < tokens ? large : tokenEvent('"length"')))) continue;
        refusedWrites += 1;
        return;
      }
      sentAllMs = performance.now() - startedMs;
      socket.write('0\r\n\r\n');
    };
    socket.on('drain', () => {
      drains += 1;
      pump();
    });
    pump();
  });
  const slow = steady(0.4, tokens, { tenant: 'slow', client: { readTokensPerS: 100 } });
  const quick = steady(50, 2, { tenant: 'quick' });
  // One request of the slow reader, alone before the others begin to count.
  const reading = playUrl(server.url, {
    ...{ traffic: [slow], warmupUs: 0, durationUs: 5e6, mostRequests: 1 },
  });
  await vi.waitFor(() => expect(server.requests()).toBe(1), { timeout: 10_000 });
  const others = await playUrl(server.url, {
    ...{ traffic: [quick], warmupUs: 0, durationUs: 2e6 },
  });
  const { log } = await reading;
  const row = log.row(0);
  // Each wait of the server is for a good part of what its kernel holds.
  expect(refusedWrites).toBeGreaterThan(5);
  expect(drains).toBeGreaterThan(5);
  expect(sentAllMs).toBeGreaterThan(1_000);
  expect(row.outcome).toBe('ok');
  const readingUs = row.endUs - row.firstTokenUs;
  expect(readingUs).toBeGreaterThanOrEqual((tokens - 1) * 10_000);
  expect(readingUs).toBeLessThan(1.1 * tokens * 10_000);
  expect(row.lastTokenUs).toBe(row.endUs);
  // How the server spaced its tokens, a slow reader cannot know.
  expect(row.gapMaxUs).toBeNaN();
  expect(others.log.length).toBeGreaterThanOrEqual(99);
  const outcomes = [...others.log.rows()].map(({ outcome }) => outcome);
  expect(new Set(outcomes)).toEqual(new Set(['ok']));
  // Far less than the reader takes, on a busy machine too.
  const ends = sortedSample(
    others.log.numbers('endUs').map((us, i) => us - others.log.row(i).intendedUs),
  );
  expect(quantile(ends, 0.5)).toBeLessThan(500_000);
});
