import { rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AccessLog } from '../../proxy/observe/access-log.ts';
import { ProxyMetrics } from '../../proxy/observe/proxy-metrics.ts';
import type { ReplicaSnapshot } from '../../proxy/observe/proxy-snapshot.ts';
import type { RequestSummary } from '../../proxy/observe/request-summary.ts';
import { cpuSeconds } from '../measure.ts';

// Prints what it costs to tell of a request: `node dist/bench/proxy/observing.js`.

const tenants = Array.from({ length: 100 }, (_, index) => `tenant-${index}`);
const models = Array.from({ length: 8 }, (_, index) => `model-${index}`);
const tiers = ['free', 'paid', 'enterprise'];

/** Texts are made anew, as they are when they come from a socket. */
function summaryOf(id: number): RequestSummary {
  const arrivalUs = id * 700;
  return {
    requestId: `0f8fad5b-d9cb-469f-a165-${String(id).padStart(12, '0')}`,
    tenant: `tenant-${id % 150}`,
    tier: tiers[id % 3],
    session: id % 50,
    method: 'POST',
    path: '/v1/chat/completions',
    model: `model-${id % 10}`,
    isStreamed: id % 4 > 0,
    outcome: id % 20 === 0 ? 'rejected' : 'ok',
    status: id % 20 === 0 ? 429 : 200,
    errorCode: id % 20 === 0 ? 'rate_limited' : undefined,
    replica: `replica-${id % 64}`,
    reason: 'first',
    attempts: 1,
    arrivalUs,
    dispatchedUs: arrivalUs + (id % 900),
    firstTokenUs: arrivalUs + 40_000 + (id % 9_000) * 10,
    endUs: arrivalUs + 4_000_000 + id,
    overheadUs: 100 + (id % 400),
    promptTokens: 900 + (id % 100),
    cachedTokens: 512,
    outputTokens: 200,
    finishReason: 'stop',
    bytesIn: 4_000,
    bytesOut: 40_000,
  };
}

const calls = 20_000;

/** Median CPU time of a call in microseconds; `pause` lets go of the turn now and then. */
async function costUs(
  call: (summary: RequestSummary) => void,
  pause?: () => Promise<unknown>,
): Promise<number> {
  const costs: number[] = [];
  for (let run = 0; run < 8; run++) {
    // Few enough that the cost of keeping them is not a part of what is measured.
    const batch = Array.from({ length: 1_000 }, (_, id) => summaryOf(id + run * 1_000));
    const before = cpuSeconds();
    for (let index = 0; index < calls; index++) {
      call(batch[index % batch.length]!);
      if (pause !== undefined && index % 50 === 0) await pause();
    }
    if (run > 1) costs.push(((cpuSeconds() - before) * 1e6) / calls);
  }
  return costs.sort((a, b) => a - b)[costs.length >> 1]!;
}

const replicas = Array.from({ length: 64 }, (_, index): ReplicaSnapshot => {
  const reported = { sampledAtUs: 0, waiting: 1, running: 2, kvUsage: 0.5 };
  const flags = { isInPool: true, isDown: false, isEjected: false };
  return { name: `replica-${index}`, inFlight: 3, awaiting: 1, weight: 1, reported, ...flags };
});
const metrics = new ProxyMetrics({
  names: { tenants, models },
  ofProcess: true,
  snapshot: () => ({
    ...{ nowUs: 1e6, replicas, queueLength: 0, openConnections: 1, openStreams: 1 },
    lostLogLines: 0,
  }),
});
const path = join(tmpdir(), `fairlead-access-${process.pid}.jsonl`);
const log = await AccessLog.open({ destination: path, epochUs: 1.76e15, onError: console.error });

const print = (what: string, us: number) => console.log(`${what.padEnd(36)} ${us.toFixed(2)} us`);
print('metrics.requestEnded', await costUs((summary) => metrics.requestEnded(summary)));
const attempt = (summary: RequestSummary) => {
  metrics.dispatched(summary.replica!, 'first', summary.arrivalUs);
  metrics.attemptEnded(summary.replica!, 'ok');
};
print('metrics.dispatched and attemptEnded', await costUs(attempt));
// At most 50 lines in a millisecond, which a disk can take.
const pause = () => new Promise((resolve) => setTimeout(resolve, 1));
const idle = await costUs(() => {}, pause);
const line = await costUs((summary) => log.requestEnded(summary), pause);
print('log.requestEnded, written to a file', line - idle);
for (let scrape = 0; scrape < 100; scrape++) await metrics.text();
const begin = cpuSeconds();
const scrapes = 50;
let page = '';
for (let scrape = 0; scrape < scrapes; scrape++) page = await metrics.text();
print(`metrics.text, ${page.length >> 10} kB`, ((cpuSeconds() - begin) * 1e6) / scrapes);
await log.close();
console.log(`lines lost: ${log.lostLines}`);
rmSync(path);
