import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { targetOf } from '../../loadgen/http/target.ts';
import { invalidity } from '../../loadgen/live-run.ts';
import { play } from '../../loadgen/play.ts';
import { RequestWriter } from '../../loadgen/request/request-writer.ts';
import type { RequestSource, RequestSpec } from '../../scenarios/request-stream.ts';

// Measures the load generator against a server in another process, which says nothing but the same
// chunk at even gaps: how many streams and chunks a core bears before requests are sent late.

const { values } = parseArgs({
  options: {
    streams: { type: 'string', default: '3000' },
    gapMs: { type: 'string', default: '100' },
    tokens: { type: 'string', default: '100' },
    seconds: { type: 'string', default: '15' },
    json: { type: 'boolean', default: false },
  },
});
const [streams, gapMs, tokens, seconds] = [
  Number(values.streams),
  Number(values.gapMs),
  Number(values.tokens),
  Number(values.seconds),
] as const;

/** So that as many streams are open as were asked for, once the first of them end. */
const rate = streams / ((gapMs * tokens) / 1_000);
const warmupUs = gapMs * tokens * 1_000 + 1e6;

// dist/bench/loadgen/main.js, while the server is not compiled.
const script = fileURLToPath(new URL('../../../bench/loadgen/raw-server.mjs', import.meta.url));
const server = spawn(process.execPath, [script, JSON.stringify({ firstMs: gapMs, gapMs })], {
  stdio: ['ignore', 'pipe', 'inherit'],
});
const port = await new Promise<string>((resolve) => {
  server.stdout.once('data', (text) => resolve(String(text).trim()));
});
try {
  const target = targetOf(`http://127.0.0.1:${port}`)!;
  const run = await play({
    ...{ target, api: 'completions', timeScale: 1, warmupUs, durationUs: seconds * 1e6 },
    stream: evenStream(),
    writer: new RequestWriter({
      ...{ target, api: 'completions', model: 'raw', runSalt: 'bench', apiKey: undefined },
      ...{ adapterModels: new Map(), tenantKeys: new Map(), ignoresEos: true, asksForUsage: true },
    }),
    mostRequests: Math.round(rate * (seconds + warmupUs / 1e6)),
  });
  report(run);
} finally {
  server.kill();
}

function report(run: Awaited<ReturnType<typeof play>>): void {
  const { cpuShare, gaps, lag, log, window } = run;
  const chunksPerS = gaps.count / ((window.untilUs - window.fromUs) / 1e6);
  const figures = {
    requests: log.length,
    streams,
    chunksPerS: Math.round(chunksPerS),
    cpuShare: Number(cpuShare.toFixed(3)),
    cpuUsPerChunk: Number(((cpuShare * 1e6) / chunksPerS).toFixed(2)),
    lagP50Ms: lag.p50Us / 1_000,
    lagP99Ms: lag.p99Us / 1_000,
    gapP50Ms: gaps.quantileUs(0.5)! / 1_000,
    gapP99Ms: gaps.quantileUs(0.99)! / 1_000,
    isValid: invalidity(run) === undefined,
  };
  if (values.json) process.stdout.write(`${JSON.stringify(figures)}\n`);
  else for (const [name, value] of Object.entries(figures)) console.log(name.padEnd(14), value);
  process.exitCode = figures.isValid ? 0 : 1;
}

function evenStream(): RequestSource {
  let next = 0;
  const never = Number.POSITIVE_INFINITY;
  return {
    get nextArrivalUs() {
      return Math.round((next * 1e6) / rate);
    },
    next(): RequestSpec {
      const arrivalUs = Math.round((next * 1e6) / rate);
      return {
        ...{ id: next++, arrivalUs, tenant: 't', session: 0, turn: 0, promptTokens: 64 },
        ...{ outputTokens: tokens, finish: 'length', priority: 0, adapter: 0, cacheSalt: 0 },
        limits: { ttftUs: never, tpotUs: never, e2eUs: never },
        prompt: [{ text: next, from: 0, tokens: 64 }],
        answer: { text: next, from: 64 },
        client: undefined,
        leavesAfterUs: never,
      };
    },
  };
}
