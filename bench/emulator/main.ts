import { type ChildProcess, fork, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync } from 'node:fs';
import { setPriority } from 'node:os';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import type { Served } from './serving.ts';

/**
 * Eight emulated replicas in one process on one core, and clients on another that keep 500 streams
 * open. Steps have one length, so that the rate of chunks is known beforehand.
 */
const { values } = parseArgs({
  options: {
    json: { type: 'boolean', default: false },
    replicas: { type: 'string', default: '8' },
    streams: { type: 'string', default: '500' },
    steps: { type: 'string', default: '50,33,25' },
    seconds: { type: 'string', default: '10' },
    /** Of the replicas: below 0 they go before whatever else the machine does. */
    nice: { type: 'string', default: '0' },
  },
});

const results: (Served & { readonly stepMs: number })[] = [];
for (const stepMs of values.steps.split(',').map(Number)) {
  results.push({ stepMs, ...(await measure(stepMs)) });
}
if (values.json) process.stdout.write(`${JSON.stringify(results, null, 2)}\n`);
else for (const result of results) process.stdout.write(`${lineOf(result)}\n`);

async function measure(stepMs: number): Promise<Served> {
  const replicas = Number(values.replicas);
  const engine = { stepTime: { kind: 'fixed', stepMs } };
  const serving = fork(programOf('serving'), [JSON.stringify({ replicas, engine })]);
  pin(serving, 0);
  if (values.nice !== '0') renice(serving, Number(values.nice));
  const [urls] = (await once(serving, 'message')) as [string[]];
  const streams = fork(programOf('streams'), [values.streams, '400', ...urls]);
  pin(streams, 1);
  try {
    await seconds(6);
    serving.send('begin');
    await seconds(Number(values.seconds));
    serving.send('end');
    const [served] = (await once(serving, 'message')) as [Served];
    return served;
  } finally {
    streams.kill();
    serving.kill();
  }
}

function lineOf(result: Served & { readonly stepMs: number }): string {
  const { cpuUs, elapsedMs, lagP50Ms, lagP99Ms, stepMs, tokens, waitedMs } = result;
  const rate = Math.round(tokens / (elapsedMs / 1_000)).toLocaleString('en');
  const cpu = (cpuUs / tokens).toFixed(1);
  const share = ((cpuUs / 1_000 / elapsedMs) * 100).toFixed(0);
  return `steps of ${stepMs} ms: ${rate} chunks/s, lag ${lagP50Ms.toFixed(2)} ms p50 ${lagP99Ms.toFixed(2)} ms p99, ${cpu} us of CPU per chunk, ${share} % of a core; its threads waited ${Math.round(waitedMs)} ms for a core in ${Math.round(elapsedMs / 1_000)} s`;
}

/** All threads of it, where there is taskset. */
function pin({ pid }: ChildProcess, core: number): void {
  spawnSync('taskset', ['-a', '-p', '-c', String(core), String(pid)], { stdio: 'ignore' });
}

/** All threads of it. */
function renice({ pid }: ChildProcess, nice: number): void {
  for (const thread of readdirSync(`/proc/${pid}/task`)) setPriority(Number(thread), nice);
}

function seconds(count: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, count * 1_000));
}

function programOf(name: string): string {
  return fileURLToPath(new URL(`${name}.js`, import.meta.url));
}
