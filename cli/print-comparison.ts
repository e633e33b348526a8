import { exitCode } from '../core/errors.ts';
import { fleetLines as fleetCosts } from '../reports/cost-cells.ts';
import { countOf } from '../reports/format.ts';
import { loadLines } from '../reports/load-text.ts';
import { markdownReport } from '../reports/markdown.ts';
import { keepsSlo, saysNothing } from '../reports/scoreboard.ts';
import type { Comparison } from '../reports/summary.ts';
import { terminalTable } from '../reports/terminal-table.ts';
import type { Scenario } from '../scenarios/scenario.ts';
import { fleetFacts } from '../sim/fleet-facts.ts';
import { fleetLines, hardwareText, modelText } from './fleet-text.ts';
import { type AskedForm, printAsAsked } from './print-as-asked.ts';
import { textStyle } from './text-style.ts';

export interface PrintOptions extends AskedForm {
  readonly scenario: Scenario;
}

/** The answer on stdout, in the form that was asked for, and as the exit code. */
export function printComparison(
  comparison: Comparison,
  report: string,
  options: PrintOptions,
): void {
  process.exitCode = exitCodeOf(comparison);
  printAsAsked(comparison, options, {
    markdown: () => markdownReport(comparison),
    text: () => comparisonText(comparison, report, options.scenario),
  });
}

function comparisonText(comparison: Comparison, report: string, scenario: Scenario): string {
  const style = textStyle(process.stdout);
  const { meta, verdict, warnings } = comparison;
  const { fleets } = comparison;
  const machines = fleets
    ? countOf(fleets.length, 'fleet')
    : fleetFacts(scenario).map(hardwareText).join(' + ');
  const facts = fleets ? fleetCosts(comparison) : fleetLines(scenario);
  const lines = [
    '',
    `  ${style.bold(verdict.sentence)}`,
    '',
    style.grey(
      `  ${scenario.name}: ${modelText(scenario)} on ${machines}, ${countOf(meta.seeds.length, 'seed')}`,
    ),
    ...[...facts, ...loadLines(comparison)].map((line) => style.grey(`  ${line}`)),
    '',
    terminalTable(comparison, style),
    ...warnings.map((warning) => `\n  Warning: ${warning}`),
    '',
    `  Report: ${report}`,
    '',
  ];
  return `${lines.join('\n')}\n`;
}

/** A best strategy is no help when it breaks the promise as well. */
function exitCodeOf({ verdict, strategies }: Comparison): number {
  if (saysNothing(verdict)) return exitCode.invalidRun;
  return strategies.some(keepsSlo) ? exitCode.ok : exitCode.no;
}
