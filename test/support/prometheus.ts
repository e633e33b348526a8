import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, onTestFinished } from 'vitest';
import { folderWith } from './temporary-folder.ts';

const patiently = { timeout: 30_000, interval: 100 };

/** A Prometheus that scrapes these addresses four times a second, by the name of their job. */
export async function startPrometheus(jobs: Readonly<Record<string, readonly string[]>>) {
  const config = JSON.stringify({
    global: { scrape_interval: '250ms', scrape_timeout: '250ms' },
    scrape_configs: Object.entries(jobs).map(([job, urls]) => ({
      job_name: job,
      static_configs: [{ targets: urls.map((url) => new URL(url).host) }],
    })),
  });
  const cwd = folderWith({ 'prometheus.yml': config });
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const args = [
    ...['--config.file=prometheus.yml', '--storage.tsdb.path=data', '--log.level=warn'],
    `--web.listen-address=127.0.0.1:${port}`,
  ];
  const child = spawn('prometheus', args, { cwd, stdio: ['ignore', 'ignore', 'pipe'] });
  let said = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    said += text;
  });
  const exited = once(child, 'exit');
  onTestFinished(async () => {
    child.kill('SIGKILL');
    await exited;
  });
  const isReady = async () => (await fetch(`${url}/-/ready`).catch(() => undefined))?.status;
  await expect.poll(isReady, patiently).toBe(200);
  return {
    /** What it complained of. */
    said: () => said,
    /** The one number that a query comes to; NaN where there is none. */
    async value(query: string): Promise<number> {
      const values = await seriesOf(url, query);
      expect(values.length, query).toBeLessThanOrEqual(1);
      return values[0] ?? Number.NaN;
    },
    all: (query: string) => seriesOf(url, query),
    /** The bucket of a histogram that has this value, by its bounds. */
    async bucketOf(histogram: string, value: number): Promise<number> {
      const { data } = (await (
        await fetch(`${url}/api/v1/label/le/values?match[]=${histogram}_bucket`)
      ).json()) as { data: string[] };
      const bounds = data.map((bound) => Number(bound.replace('+Inf', 'Infinity')));
      return bounds.sort((a, b) => a - b).findIndex((bound) => value <= bound);
    },
    /** Of each target how it is, and what went wrong with its last scrape. */
    async targets(): Promise<string[]> {
      const { data } = (await (await fetch(`${url}/api/v1/targets`)).json()) as {
        data: { activeTargets: { health: string; lastError: string }[] };
      };
      return data.activeTargets.map(({ health, lastError }) => `${health}${lastError}`);
    },
  };
}

async function seriesOf(url: string, query: string): Promise<number[]> {
  const answer = await fetch(`${url}/api/v1/query?query=${encodeURIComponent(query)}`);
  const { data, error } = (await answer.json()) as {
    error?: string;
    data: { result: { value: [number, string] }[] };
  };
  expect(error, query).toBeUndefined();
  return data.result.map(({ value }) => Number(value[1]));
}

/** One that was free a moment ago. */
async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
