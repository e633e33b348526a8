import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { atMost, type Benchmark } from './result.ts';

/** What it takes to know the load of a large fleet. */
export function scrapeBenchmarks(): Map<string, Benchmark> {
  return new Map([['proxy.scrape64.corePct', () => atMost(5, scrapePct(), '% of a core')]]);
}

/** In a process of its own, so that nothing else is counted. */
function scrapePct(): number {
  const program = fileURLToPath(new URL('proxy/scrape64.js', import.meta.url));
  const { status, stdout } = spawnSync(process.execPath, [program], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  if (status !== 0) throw new Error('the scrapes of 64 replicas failed');
  return Number(stdout);
}
