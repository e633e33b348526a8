import { join } from 'node:path';
import { Command, Option } from '@commander-js/extra-typings';
import { exitCode, FairleadError } from '../../core/errors.ts';
import { playAgainst } from '../../experiments/live/play-against.ts';
import { resolveLoad } from '../../experiments/load/resolve-load.ts';
import { invalidity, type LiveRun } from '../../loadgen/live-run.ts';
import { apis } from '../../loadgen/request/request-writer.ts';
import { loadLines } from '../../reports/load-text.ts';
import { metricReport } from '../../reports/metric-report.ts';
import { saysNothing } from '../../reports/scoreboard.ts';
import type { Comparison } from '../../reports/summary.ts';
import { interruptSignal } from '../interrupt.ts';
import { exportChoice, writeExports } from '../load-exports.ts';
import { startLoadProgress } from '../load-progress.ts';
import { loadScenario, withLengths } from '../load-scenario.ts';
import { measuredComparison } from '../measured-comparison.ts';
import { durationUs, numberFrom, wholeNumber } from '../parse-arguments.ts';
import { printJson } from '../print-json.ts';
import { recordFormats, writeRecords } from '../records-file.ts';
import { checkWritable, runFolder, writeRun } from '../run-folder.ts';
import { textStyle } from '../text-style.ts';

export const loadCommand = new Command('load')
  .summary('play a scenario against a live server and measure it')
  .description(
    "Sends the very requests that the simulator would, at the times of the scenario, to any server of OpenAI's API, and measures every answer from the time at which its request was due.",
  )
  .argument('<scenario>', 'name in the library, path of a file, or http(s) address')
  .requiredOption('-u, --url <url>', 'base URL of the server, as http://127.0.0.1:8000')
  .option('-m, --model <name>', 'the model to ask for (default: the first that the server lists)')
  .addOption(
    new Option('--api <api>', 'token ids of exact lengths, or chat messages')
      .choices(apis)
      .default('completions' as const),
  )
  .option('--api-key <key>', 'for everybody (default: OPENAI_API_KEY, if set)')
  .option('--tenant-key <name=key>', 'for one tenant; repeat', keyOfTenant)
  .option('--no-ignore-eos', 'leave ignore_eos out, for servers that do not know it')
  .option('--no-usage', 'leave stream_options out, for servers that do not know it')
  .option('--seed <n>', 'the seed', wholeNumber({ min: 0, max: 1e9 }), 1)
  .option(
    '--duration <time>',
    'length of the measured window, in place of the scenario',
    durationUs,
  )
  .option('--warmup <time>', 'what is not counted before it, in place of the scenario', durationUs)
  .option('--requests <n>', 'stop after so many', wholeNumber({ min: 1, max: 1e8 }))
  .option(
    '--time-scale <n>',
    'seconds of the scenario in one of the clock',
    numberFrom({ min: 0.001, max: 1_000 }),
    1,
  )
  .option('--workers <n>', 'threads, beyond one core', wholeNumber({ min: 1, max: 64 }), 1)
  .option('-o, --out <folder>', 'where the results go (default: runs/<scenario>-<id>)')
  .addOption(
    new Option('--records <format>', 'format of the request records')
      .choices(recordFormats)
      .default('ndjson' as const),
  )
  .option(
    '--export <tool=file>',
    'write the results as vllm-bench, guidellm or aiperf',
    exportChoice,
  )
  .option('--json', 'print one JSON document and nothing else')
  .addHelpText(
    'after',
    `
Exit codes: 0 the SLO is kept, 1 it is not, 3 the run says nothing, 64 wrong input, 130 by Ctrl-C.

Examples:
  fairlead load azure-chat --url http://127.0.0.1:8000 --duration 2m --warmup 10s
  fairlead load azure-chat --url http://127.0.0.1:8000 --export vllm-bench=result.json`,
  )
  .action(async (name, options) => {
    const startedAt = new Date();
    const scenario = withLengths(resolveLoad(await loadScenario(name, {})), options);
    checkWritable(join(options.out ?? 'runs', 'summary.json'));
    for (const { file } of options.export ?? []) checkWritable(file);
    const { signal, dispose } = interruptSignal();
    const progress = startLoadProgress();
    const onFigures = progress.update;
    const apiKey = options.apiKey ?? process.env['OPENAI_API_KEY'];
    const against = { ...options, apiKey, signal, onFigures };
    const played = await playAgainst(scenario, against).finally(() => {
      progress.stop();
      dispose();
    });
    const { run } = played;
    if (run.sent === 0) {
      process.stderr.write('Stopped before the first request was sent; nothing was written.\n');
      process.exitCode = exitCode.interrupted;
      return;
    }
    const { requests: mostRequests, seed } = options;
    const comparison = measuredComparison({ scenario, played, seed, mostRequests, startedAt });
    const folder = options.out ?? runFolder(comparison);
    const report = await writeRun(folder, comparison);
    const records = await writeRecords(join(folder, 'records'), run.log, options.records);
    const exported = writeExports(options.export ?? [], { comparison, played });
    if (options.json) printJson(comparison);
    else print(comparison, run, [`Report:  ${report}`, `Records: ${records}`, ...exported]);
    process.exitCode = exitCodeOf(comparison, run);
  });

function print(comparison: Comparison, run: LiveRun, files: readonly string[]): void {
  const text = metricReport(comparison.strategies[0]!, textStyle(process.stdout));
  const { lag } = run;
  const [p50, p99, max] = [lag.p50Us, lag.p99Us, lag.maxUs].map((us) => (us / 1_000).toFixed(2));
  const facts = [
    `lag of the load generator: p50 ${p50} ms, p99 ${p99} ms, at most ${max} ms; ${(100 * run.cpuShare).toFixed(0)} % of a core`,
    ...loadLines(comparison),
  ];
  const lines = (all: readonly string[]) => all.map((line) => `  ${line}\n`).join('');
  const warnings = comparison.warnings.map((warning) => `  Warning: ${warning}\n\n`).join('');
  process.stdout.write(`\n${text}\n\n${lines(facts)}\n${warnings}${lines(files)}\n`);
}

function exitCodeOf({ strategies, verdict }: Comparison, run: LiveRun): number {
  if (invalidity(run) !== undefined || saysNothing(verdict)) return exitCode.invalidRun;
  if (run.isInterrupted) return exitCode.interrupted;
  return strategies[0]!.thresholds.every(({ holds }) => holds) ? exitCode.ok : exitCode.no;
}

function keyOfTenant(text: string, before: readonly (readonly [string, string])[] = []) {
  const at = text.indexOf('=');
  if (at > 0 && at < text.length - 1) {
    return [...before, [text.slice(0, at), text.slice(at + 1)] as const];
  }
  throw new FairleadError('USAGE', `Write --tenant-key name=key, not "${text}".`);
}
