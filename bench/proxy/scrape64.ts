import { fork } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { randomStream } from '../../core/random.ts';
import { Scraper } from '../../proxy/signals/scraper.ts';
import { cpuSeconds } from '../measure.ts';

// Scrapes 64 replicas every 200 ms, and prints the share of a core that it takes: the median of
// five windows of two seconds.

const replicas = 64;
const everyUs = 200_000;
const windowS = 2;
/** Until the code that runs 320 times a second is compiled; a proxy runs for weeks. */
const warmUpS = 8;

const server = fork(fileURLToPath(new URL('metrics-server.js', import.meta.url)));
const [port] = (await once(server, 'message')) as [number];

let reports = 0;
const scrapers = Array.from({ length: replicas }, (_, replica) => {
  return new Scraper({
    replica,
    url: new URL(`http://127.0.0.1:${port}`),
    path: '/metrics',
    authorization: undefined,
    everyUs,
    jitter: 0.1,
    random: randomStream(1, `scrape/${replica}`),
    nowUs: () => Math.round(performance.now() * 1_000),
    listener: {
      onAsked: () => {},
      onReported: () => {
        reports += 1;
      },
    },
  });
});
for (const scraper of scrapers) scraper.start();

await sleep(warmUpS * 1_000);
const shares: number[] = [];
for (let window = 0; window < 5; window++) {
  const beganS = performance.now() / 1_000;
  const before = cpuSeconds();
  reports = 0;
  await sleep(windowS * 1_000);
  const elapsedS = performance.now() / 1_000 - beganS;
  shares.push((cpuSeconds() - before) / elapsedS);
  const asked = (replicas * elapsedS * 1e6) / everyUs;
  if (reports < 0.9 * asked) throw new Error(`${reports} reports, where ${asked} were due`);
}
for (const scraper of scrapers) scraper.stop();
server.disconnect();
process.stdout.write(`${100 * shares.sort((a, b) => a - b)[2]!}\n`);
