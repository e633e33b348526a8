import { join } from 'node:path';
import { Command, Option } from '@commander-js/extra-typings';
import { exitCode, FairleadError } from '../../core/errors.ts';
import { assembleComparison } from '../../experiments/compare.ts';
import { resolveLoad } from '../../experiments/load/resolve-load.ts';
import { runTask } from '../../experiments/run-task.ts';
import { loadLines } from '../../reports/load-text.ts';
import { metricReport } from '../../reports/metric-report.ts';
import { saysNothing } from '../../reports/scoreboard.ts';
import { summariseRun } from '../../reports/summarise-run.ts';
import type { Comparison } from '../../reports/summary.ts';
import { sloClasses } from '../../scenarios/slo-classes.ts';
import { fleetLines, modelText } from '../fleet-text.ts';
import { loadScenario } from '../load-scenario.ts';
import { version } from '../package.ts';
import { wholeNumber } from '../parse-arguments.ts';
import { printJson } from '../print-json.ts';
import { recordFormats, writeRecords } from '../records-file.ts';
import { runFolder, writeRun } from '../run-folder.ts';
import { describeRun } from '../run-meta.ts';
import { strategyChoice } from '../strategy-choice.ts';
import { textStyle } from '../text-style.ts';

export const simulateCommand = new Command('simulate')
  .summary('simulate one strategy in full detail and keep every request')
  .description(
    'Simulates one strategy under one seed, shows every metric and every replica, and keeps a record of each request.',
  )
  .argument('<scenario>', 'name in the library, path of a file, or http(s) address')
  .option(
    '-s, --strategy <name>',
    'a strategy, as name or name:option=value,option=value',
    strategyChoice,
  )
  .option('--hf-config <path>', "config.json of a model to take in place of the scenario's")
  .option('--step-profile <path>', 'measured step times of your own, as docs/step-time.md has them')
  .option('--seed <n>', 'the seed', wholeNumber({ min: 0, max: 1e9 }), 1)
  .option('-o, --out <folder>', 'where the results go (default: runs/<scenario>-<id>)')
  .addOption(
    new Option('--records <format>', 'format of the request records')
      .choices(recordFormats)
      .default('ndjson' as const),
  )
  .option('--json', 'print one JSON document and nothing else')
  .addHelpText(
    'after',
    `
Exit codes: 0 the SLO is kept, 1 it is not, 3 the fleet cannot keep up, 64 wrong input.

Examples:
  fairlead simulate azure-chat -s least-tokens
  fairlead simulate azure-chat --seed 7 --records parquet`,
  )
  .action(async (name, options) => {
    const startedAt = new Date();
    const scenario = resolveLoad(await loadScenario(name, options));
    if ((options.strategy?.length ?? 0) > 1) throw new FairleadError('USAGE', oneStrategy);
    const strategy = options.strategy?.[0] ?? scenario.strategies[0]!;
    const run = runTask({ scenario, strategy, seed: options.seed });
    const result = assembleComparison({
      scenario,
      all: [{ strategy, runs: [summariseRun(run, scenario.slo, sloClasses(scenario))] }],
      seeds: [options.seed],
      by: 'ttftP99Ms',
      version,
    });
    const comparison: Comparison = {
      ...result,
      meta: { ...result.meta, run: describeRun(startedAt) },
    };
    const folder = options.out ?? runFolder(comparison);
    const report = await writeRun(folder, comparison);
    const records = await writeRecords(join(folder, 'records'), run.log, options.records);
    if (options.json) {
      printJson(comparison);
    } else {
      const text = metricReport(comparison.strategies[0]!, textStyle(process.stdout));
      const warnings = comparison.warnings.map((warning) => `  Warning: ${warning}\n\n`).join('');
      const files = `  Report:  ${report}\n  Records: ${records}\n`;
      const facts = [modelText(scenario), ...fleetLines(scenario), ...loadLines(comparison)]
        .map((line) => `  ${line}\n`)
        .join('');
      process.stdout.write(`\n${text}\n\n${facts}\n${warnings}${files}\n`);
    }
    process.exitCode = exitCodeOf(comparison);
  });

const oneStrategy =
  'simulate takes one --strategy. Leave the others out, or write "fairlead compare" to see them beside each other.';

function exitCodeOf({ verdict, strategies }: Comparison): number {
  if (saysNothing(verdict)) return exitCode.invalidRun;
  return strategies[0]!.thresholds.every(({ holds }) => holds) ? exitCode.ok : exitCode.no;
}
