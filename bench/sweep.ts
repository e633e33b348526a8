// Runs a sweep in as many threads as asked for, and prints how long it took by the clock and by the
// processor; what a thread needs to start is part of it.
import { runAll } from '../experiments/executor.ts';
import type { RunTask } from '../experiments/run-task.ts';
import { threadExecutor } from '../experiments/thread-executor.ts';
import { cpuSeconds } from './measure.ts';
import { chat, scenarioOf } from './sim-runs.ts';

const scenario = scenarioOf({ replicas: 4, rateRps: 24, requests: 15_000, lengths: chat });
const strategy = { name: 'least-tokens', options: {} };
const tasks: RunTask[] = Array.from({ length: 240 }, (_, seed) => ({ scenario, strategy, seed }));
const [startedAt, cpuBefore] = [performance.now(), cpuSeconds()];
await runAll(tasks, threadExecutor(Number(process.argv[2])));
const wallS = (performance.now() - startedAt) / 1_000;
process.stdout.write(JSON.stringify({ wallS, cpuS: cpuSeconds() - cpuBefore }));
