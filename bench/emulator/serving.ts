import { readdirSync, readFileSync } from 'node:fs';
import { lagOf } from '../../emulator/metrics/lag-meter.ts';
import { startReplicas } from '../../emulator/start-replicas.ts';
import { fleetGroupSchema } from '../../scenarios/schema.ts';
import { gpus } from '../../sim/catalog/gpus/registry.ts';
import { findModel } from '../../sim/catalog/lookup.ts';
import { models } from '../../sim/catalog/models/registry.ts';
import { strategies } from '../../strategies/registry.ts';

// Emulated replicas in a process of their own, whose CPU time and lag are told to the parent.

export interface Served {
  readonly tokens: number;
  readonly lagP50Ms: number;
  readonly lagP99Ms: number;
  readonly cpuUs: number;
  readonly elapsedMs: number;
  /** How long its threads could have run and did not get a core; NaN where nobody says. */
  readonly waitedMs: number;
}

const wanted = JSON.parse(process.argv[2]!) as { replicas: number; engine: object };
const vocabulary = {
  gpus: gpus.map(({ name }) => name),
  models: models.map(({ name }) => name),
  strategies,
  metrics: [],
};
const { engine } = wanted;
const group = fleetGroupSchema(vocabulary).parse({
  ...{ name: 'bench', gpu: 'A100-80GB-SXM', replicas: 1, engine },
});
const replicas = Array.from({ length: wanted.replicas }, (_, i) => ({ name: `bench-${i}`, group }));
const running = await startReplicas({ replicas, model: findModel('Llama-3.1-8B') });

let begunMs = 0;
let cpu = process.cpuUsage();
let waited = waitedMs();

process.on('message', (word) => {
  if (word === 'begin') {
    running.lag.beginMeasuring();
    begunMs = performance.now();
    cpu = process.cpuUsage();
    waited = waitedMs();
    return;
  }
  const { user, system } = process.cpuUsage(cpu);
  const { p50Ms, p99Ms, tokens } = lagOf(running.lag.measured);
  const elapsedMs = performance.now() - begunMs;
  const served: Served = {
    tokens,
    lagP50Ms: p50Ms,
    lagP99Ms: p99Ms,
    cpuUs: user + system,
    elapsedMs,
    waitedMs: waitedMs() - waited,
  };
  process.send!(served);
});
process.on('disconnect', () => process.exit());
process.send!(running.urls);

function waitedMs(): number {
  try {
    const threads = readdirSync('/proc/self/task');
    return threads.reduce((sum, thread) => {
      const text = readFileSync(`/proc/self/task/${thread}/schedstat`, 'utf8');
      return sum + Number(text.split(' ')[1]) / 1e6;
    }, 0);
  } catch {
    return Number.NaN;
  }
}
