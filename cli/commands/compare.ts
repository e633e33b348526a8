import { Command } from '@commander-js/extra-typings';
import { exitCode } from '../../core/errors.ts';
import { type CompareOptions, compare } from '../../experiments/compare.ts';
import { decidingMetric } from '../../experiments/deciding-metric.ts';
import { countOf } from '../../reports/format.ts';
import { loadLines } from '../../reports/load-text.ts';
import { markdownReport } from '../../reports/markdown.ts';
import type { Comparison } from '../../reports/summary.ts';
import { terminalTable } from '../../reports/terminal-table.ts';
import type { Scenario } from '../../scenarios/scenario.ts';
import { fleetFacts } from '../../sim/fleet-facts.ts';
import { fleetLines, hardwareText, modelText } from '../fleet-text.ts';
import { interruptSignal } from '../interrupt.ts';
import { loadScenario } from '../load-scenario.ts';
import { version } from '../package.ts';
import { metricName, wholeNumber } from '../parse-arguments.ts';
import { printJson } from '../print-json.ts';
import { startProgress } from '../progress.ts';
import { runFolder, writeRun } from '../run-folder.ts';
import { describeRun } from '../run-meta.ts';
import { strategyChoice } from '../strategy-choice.ts';
import { textStyle } from '../text-style.ts';

export const compareCommand = new Command('compare')
  .summary('simulate several strategies on identical traffic and name the best')
  .description(
    'Simulates several strategies over paired seeds and says which one is best, by how much and how sure that is. Writes an HTML report.',
  )
  .argument('<scenario>', 'name in the library, path of a file, or http(s) address')
  .option(
    '-s, --strategy <name>',
    'a strategy, as name or name:option=value,option=value; repeat',
    strategyChoice,
  )
  .option('--hf-config <path>', "config.json of a model to take in place of the scenario's")
  .option('--step-profile <path>', 'measured step times of your own, as docs/step-time.md has them')
  .option('-n, --seeds <count>', 'paired seeds', wholeNumber({ min: 1, max: 10_000 }), 8)
  .option('--first-seed <n>', 'the first of them', wholeNumber({ min: 0, max: 1e9 }), 1)
  .option(
    '--by <metric>',
    'the metric that decides (default: as the scenario expects, or ttftP99Ms)',
    metricName,
  )
  .option('-t, --threads <count>', 'worker threads', wholeNumber({ min: 1, max: 256 }))
  .option('-o, --out <folder>', 'where the results go (default: runs/<scenario>-<id>)')
  .option('--json', 'print one JSON document and nothing else')
  .option('--markdown', 'print Markdown instead of a table')
  .addHelpText(
    'after',
    `
Exit codes: 0 answered, 1 no strategy keeps the SLO, 3 none keeps up, 64 wrong input.

Examples:
  fairlead compare azure-chat
  fairlead compare azure-chat -s round-robin -s least-tokens:tokensPerRequest=300 --seeds 20
  fairlead compare my.yaml --json | jq .verdict`,
  )
  .action(async (name, options) => {
    const startedAt = new Date();
    const scenario = await loadScenario(name, options);
    const strategies = options.strategy ?? scenario.strategies;
    const seeds = Array.from({ length: options.seeds }, (_, index) => options.firstSeed + index);
    const { signal, dispose } = interruptSignal();
    const progress = startProgress('Simulating', strategies.length * seeds.length);
    const request: CompareOptions = {
      scenario,
      strategies,
      seeds,
      by: options.by ?? decidingMetric(scenario),
      version,
      signal,
      onProgress: (done) => progress.update(done),
      ...(options.threads === undefined ? {} : { threads: options.threads }),
    };
    const result = await compare(request).finally(() => {
      progress.stop();
      dispose();
    });
    if (result === undefined) {
      process.stderr.write('Stopped before the first seed was complete; nothing was written.\n');
      process.exitCode = exitCode.interrupted;
      return;
    }
    const comparison: Comparison = {
      ...result,
      meta: { ...result.meta, run: describeRun(startedAt) },
    };
    const report = await writeRun(options.out ?? runFolder(comparison), comparison);
    print(comparison, report, { scenario, ...options });
    process.exitCode = exitCodeOf(comparison);
  });

interface PrintOptions {
  readonly scenario: Scenario;
  readonly json?: true | undefined;
  readonly markdown?: true | undefined;
}

function print(
  comparison: Comparison,
  report: string,
  { json, markdown, scenario }: PrintOptions,
): void {
  if (json) {
    printJson(comparison);
    return;
  }
  if (markdown) {
    process.stdout.write(markdownReport(comparison));
    return;
  }
  const style = textStyle(process.stdout);
  const { meta, verdict, warnings } = comparison;
  const replicas = fleetFacts(scenario).map(hardwareText).join(' + ');
  const lines = [
    '',
    `  ${style.bold(verdict.sentence)}`,
    '',
    style.grey(
      `  ${scenario.name}: ${modelText(scenario)} on ${replicas}, ${countOf(meta.seeds.length, 'seed')}`,
    ),
    ...[...fleetLines(scenario), ...loadLines(comparison)].map((line) => style.grey(`  ${line}`)),
    '',
    terminalTable(comparison, style),
    ...warnings.map((warning) => `\n  Warning: ${warning}`),
    '',
    `  Report: ${report}`,
    '',
  ];
  process.stdout.write(`${lines.join('\n')}\n`);
}

/** A best strategy is no help when it breaks the promise as well. */
function exitCodeOf({ verdict, strategies }: Comparison): number {
  if (verdict.kind === 'saturated') return exitCode.invalidRun;
  const keepsAll = strategies.some(
    ({ thresholds, saturatedSeeds }) =>
      saturatedSeeds === 0 && thresholds.every(({ holds }) => holds),
  );
  return keepsAll ? exitCode.ok : exitCode.no;
}
