import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished } from 'vitest';
import { emulatedFleet } from '../../cli/emulated-fleet.ts';
import { startReplicas } from '../../emulator/start-replicas.ts';
import { startProxy } from '../proxy/support/proxy.ts';
import { testWith } from '../support/programs.ts';
import { startPrometheus } from '../support/prometheus.ts';
import { runFairlead } from '../support/run-fairlead.ts';
import { folderWith } from '../support/temporary-folder.ts';

// Three that measure the same requests: the clients, the proxy and the replicas. A real Prometheus
// asks the last two, and has to come to what the first one says.

const requests = 150;
const scenario = JSON.stringify({
  name: 'watched',
  summary: 'Ten requests a second of chat.',
  model: 'Llama-3.1-8B',
  fleet: [{ name: 'r', gpu: 'A100-80GB-SXM', replicas: 2 }],
  traffic: [
    {
      arrivals: { kind: 'constant', rate: 10 },
      input: { kind: 'log-normal', mean: 1_500, sd: 900, max: 6_000 },
      output: { kind: 'log-normal', mean: 80, sd: 60, max: 300 },
    },
  ],
  warmup: '0s',
  duration: '60s',
});

const quantiles = { median: 0.5, p90: 0.9, p99: 0.99 } as const;

/** Of replicas and of the proxy, with the words of "vllm bench serve" for the same. */
const histograms = [
  ['vllm:time_to_first_token_seconds', 'ttft'],
  ['vllm:inter_token_latency_seconds', 'itl'],
  ['vllm:request_time_per_output_token_seconds', 'tpot'],
  ['vllm:e2e_request_latency_seconds', 'e2el'],
  ['fairlead_time_to_first_token_seconds', 'ttft'],
  ['fairlead_time_per_output_token_seconds', 'tpot'],
  ['fairlead_e2e_request_latency_seconds', 'e2el'],
] as const;

async function startAll() {
  const fleet = await emulatedFleet({ count: 2 });
  const replicas = await startReplicas(fleet);
  onTestFinished(() => replicas.stop());
  const admin = { port: 0, openMetrics: true };
  const proxy = await startProxy({ replicas: replicas.urls, admin });
  onTestFinished(() => proxy.server.stop());
  return { proxy, replicas };
}

testWith('prometheus')('Prometheus comes to what the clients measure', async () => {
  const { proxy, replicas } = await startAll();
  const jobs = { vllm: replicas.urls, fairlead: [proxy.adminUrl] };
  const prometheus = await startPrometheus(jobs);
  const cwd = folderWith({ 'watched.json': scenario });
  const args = ['load', 'watched.json', '--url', proxy.url, '--requests', String(requests)];
  const files = ['--out', 'out', '--export', 'vllm-bench=measured.json'];
  const { code, stderr } = await runFairlead([...args, ...files], { cwd });
  // A busy machine may make the run invalid, and its figures are those of its clients all the same.
  expect([0, 3], stderr).toContain(code);
  const measured = JSON.parse(readFileSync(join(cwd, 'measured.json'), 'utf8'));
  expect(measured).toMatchObject({ completed: requests, failed: 0 });
  // One more was sent before, of a single token, to see whether the server is one.
  const all = requests + 1;
  const count = (of: string) => prometheus.value(`sum(${of})`);
  const patiently = { timeout: 10_000 };
  await expect.poll(() => count('vllm:request_success_total'), patiently).toBe(all);
  const ended = () => count('fairlead_e2e_request_latency_seconds_count');
  await expect.poll(ended, patiently).toBe(all);

  expect(await prometheus.targets()).toEqual(['up', 'up', 'up']);
  expect(await prometheus.all('min_over_time(up[1h])')).toEqual([1, 1, 1]);
  expect(prometheus.said()).toBe('');

  const tokens = measured.total_output_tokens;
  expect(await count('vllm:generation_tokens_total')).toBe(tokens + 1);
  const counts = { ttft: all, e2el: all, tpot: requests, itl: tokens - requests };
  for (const [histogram, name] of histograms) {
    // vLLM counts an answer of a single token as well, with 0.
    const isVllms = histogram === 'vllm:request_time_per_output_token_seconds';
    expect(await count(`${histogram}_count`), histogram).toBe(isVllms ? all : counts[name]);
    for (const [which, quantile] of Object.entries(quantiles)) {
      const query = `histogram_quantile(${quantile}, sum by (le) (${histogram}_bucket))`;
      const told = await prometheus.bucketOf(histogram, await prometheus.value(query));
      const own = measured[`${which}_${name}_ms`] / 1_000;
      const apart = told - (await prometheus.bucketOf(histogram, own));
      expect(Math.abs(apart), `${histogram} ${which}, measured ${own} s`).toBeLessThanOrEqual(1);
    }
  }
});

testWith('promtool')('its own tool finds no fault with either page', async () => {
  const { proxy, replicas } = await startAll();
  const body = JSON.stringify({ prompt: [1, 2, 3], max_tokens: 3, stream: true });
  await (await fetch(`${proxy.url}/v1/completions`, { method: 'POST', body })).text();
  for (const url of [...replicas.urls, proxy.adminUrl]) {
    const input = await (await fetch(`${url}/metrics`)).text();
    const { status, stderr } = spawnSync('promtool', ['check', 'metrics'], {
      input,
      encoding: 'utf8',
    });
    // 1 is that it cannot be read; 3 that it would call something else than vLLM and Node do.
    expect([0, 3]).toContain(status);
    const notOurs =
      /^$|^(nodejs|process)_|should not contain ':'|iteration_tokens_total non-counter/;
    expect(stderr.split('\n').filter((line) => !notOurs.test(line))).toEqual([]);
  }
});
