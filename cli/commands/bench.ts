import { join } from 'node:path';
import { Command, Option } from '@commander-js/extra-typings';
import { exitCode } from '../../core/errors.ts';
import { US_PER_MS, US_PER_S } from '../../core/time.ts';
import { decidingMetric } from '../../experiments/deciding-metric.ts';
import { benchComparison } from '../../experiments/live/bench-comparison.ts';
import { type Via, viaOf } from '../../experiments/live/contestants.ts';
import { type FinishedRun, playLive } from '../../experiments/live/live-runs.ts';
import { type MeasuredRun, measuredRun } from '../../experiments/live/measured-run.ts';
import { runId } from '../../experiments/run-id.ts';
import { saysNothing } from '../../reports/scoreboard.ts';
import type { Comparison } from '../../reports/summary.ts';
import { type BenchPlan, benchPlan } from '../bench-plan.ts';
import { BenchProgress } from '../bench-progress.ts';
import { printBench } from '../bench-text.ts';
import { replicaAddresses } from '../exported-fleet.ts';
import { interruptSignal } from '../interrupt.ts';
import { version } from '../package.ts';
import { durationUs, numberFrom, wholeNumber } from '../parse-arguments.ts';
import { writeRecords } from '../records-file.ts';
import { replayLog } from '../replay-log.ts';
import { checkWritable, createFolder, runFolder, writeRun } from '../run-folder.ts';
import { describeRun } from '../run-meta.ts';
import { strategyChoice } from '../strategy-choice.ts';

export const benchCommand = new Command('bench')
  .summary('measure strategies live, and hold the simulation against it')
  .description(
    'The live counterpart of compare: starts emulated replicas, plays the scenario through the proxy with each strategy, simulates the same requests and shows both side by side.',
  )
  .argument('<scenario>', 'name in the library, path of a file, or http(s) address')
  .option(
    '-s, --strategy <name>',
    'a strategy, as name or name:option=value,option=value; repeat',
    strategyChoice,
  )
  .option(
    '--via <names>',
    'balancers as well: nginx,haproxy,caddy, each with a policy as in nginx:random_two',
    viaChoice,
  )
  .option('--duration <time>', 'length of the measured window', durationUs, 180 * US_PER_S)
  .option('--warmup <time>', 'what is not counted before it', durationUs, 10 * US_PER_S)
  .option('--repetitions <n>', 'runs of each', wholeNumber({ min: 1, max: 1_000 }), 2)
  .option('--seed <n>', 'of the first repetition', wholeNumber({ min: 0, max: 1e9 }), 1)
  .option(
    '--time-scale <n>',
    'seconds of the scenario in one of the clock',
    numberFrom({ min: 0.001, max: 1_000 }),
    1,
  )
  .option(
    '--replicas <addresses>',
    'http://host:port,… of real ones, in the order of the fleet',
    replicaAddresses,
  )
  .addOption(
    new Option('--transport <kind>', 'how the proxy speaks to replicas')
      .choices(['dispatch', 'raw'] as const)
      .default('dispatch' as const),
  )
  .option('--record', 'keep the decision logs, and replay them')
  .option('-o, --out <folder>', 'where the results go (default: runs/<scenario>-<id>)')
  .option('--json', 'print one JSON document and nothing else')
  .option('--markdown', 'print Markdown instead of tables')
  .addHelpText(
    'after',
    `
Exit codes: 0 measured, and the simulation agrees; 1 it does not; 3 a run says nothing; 64 wrong
input; 130 stopped by Ctrl-C, with what was complete until then.

Examples:
  fairlead bench azure-chat -s round-robin -s least-requests -s predicted-finish
  fairlead bench azure-chat -s random --via nginx,haproxy --duration 1m --json | jq .agreement
  fairlead bench my.yaml --replicas http://10.0.0.1:8000,http://10.0.0.2:8000 --record`,
  )
  .action(async (name, options) => {
    const startedAt = new Date();
    const plan = await benchPlan(name, options);
    const id = idOf(plan, startedAt);
    const folder = options.out ?? runFolder({ scenario: plan.scenario, meta: { runId: id } });
    checkWritable(join(folder, 'summary.json'));
    const { signal, dispose } = interruptSignal();
    const runs = await playAll(plan, { ...options, folder, signal }).finally(dispose);
    if (runs.length === 0) {
      process.stderr.write('Stopped before the first run was complete; there is no result.\n');
      process.exitCode = exitCode.interrupted;
      return;
    }
    const result = await benchComparison({
      ...{ ...plan, runs, version },
      by: decidingMetric(plan.scenario),
      measured: { startedAt: startedAt.toISOString(), isItsFleet: plan.fleet.kind === 'emulated' },
    });
    const comparison: Comparison = {
      ...result,
      warnings: [...result.warnings, ...plan.warnings],
      meta: { ...result.meta, runId: id, run: describeRun(startedAt) },
    };
    const report = await writeRun(folder, comparison);
    printBench(comparison, { ...options, report });
    process.exitCode = exitCodeOf(comparison, signal.aborted);
  });

interface PlayOptions {
  readonly folder: string;
  readonly record?: true | undefined;
  readonly signal: AbortSignal;
  readonly timeScale: number;
  readonly transport: 'dispatch' | 'raw';
}

/** One after the other; what a run leaves is on the disk before the next one begins. */
async function playAll(plan: BenchPlan, options: PlayOptions): Promise<MeasuredRun[]> {
  const { scenario } = plan;
  const { record = false, timeScale } = options;
  const runs: MeasuredRun[] = [];
  const plannedUs = (scenario.warmupUs + scenario.durationUs) / timeScale;
  const progress = new BenchProgress(plannedUs / US_PER_MS + 5_000);
  const keep = async (finished: FinishedRun) => {
    const { decisions, folder, run } = finished;
    await writeRecords(join(folder, 'records'), run.log, 'ndjson');
    const again = decisions === undefined ? undefined : await replayed(decisions);
    const measured = measuredRun(scenario, finished, again);
    runs.push(measured);
    progress.end(measured);
  };
  await playLive({
    ...{ ...plan, ...options, keepsDecisions: record },
    cli: process.argv[1]!,
    onBegin: (run) => {
      createFolder(run.folder);
      progress.begin(run);
    },
    onFigures: progress.update,
    onEnd: keep,
  }).finally(() => progress.stop());
  return runs;
}

async function replayed(file: string): Promise<{ picks: number; differing: number }> {
  const { differing, picks } = await replayLog(file);
  return { picks, differing };
}

function idOf({ contestants, scenario, seeds }: BenchPlan, startedAt: Date): string {
  const names = contestants.map((one) => one.name);
  return runId({ scenario, names, seeds, version, startedAt: startedAt.toISOString() });
}

function exitCodeOf({ agreement, liveRuns = [], verdict }: Comparison, isStopped: boolean): number {
  const isInvalid = liveRuns.some(({ invalid }) => invalid.length > 0);
  if (isInvalid || saysNothing(verdict)) return exitCode.invalidRun;
  if (isStopped) return exitCode.interrupted;
  const differs = liveRuns.some(({ decisions }) => (decisions?.differing ?? 0) > 0);
  return differs || agreement?.ok === false ? exitCode.no : exitCode.ok;
}

function viaChoice(text: string, before: readonly Via[] = []): readonly Via[] {
  return [...before, ...text.split(',').map((one) => viaOf(one.trim()))];
}
