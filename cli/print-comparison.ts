import { exitCode } from '../core/errors.ts';
import { countOf } from '../reports/format.ts';
import { loadLines } from '../reports/load-text.ts';
import { markdownReport } from '../reports/markdown.ts';
import type { Comparison } from '../reports/summary.ts';
import { terminalTable } from '../reports/terminal-table.ts';
import type { Scenario } from '../scenarios/scenario.ts';
import { fleetFacts } from '../sim/fleet-facts.ts';
import { fleetLines, hardwareText, modelText } from './fleet-text.ts';
import { printJson } from './print-json.ts';
import { textStyle } from './text-style.ts';

export interface PrintOptions {
  readonly scenario: Scenario;
  readonly json?: true | undefined;
  readonly markdown?: true | undefined;
}

/** The answer on stdout, in the form that was asked for, and as the exit code. */
export function printComparison(
  comparison: Comparison,
  report: string,
  { json, markdown, scenario }: PrintOptions,
): void {
  process.exitCode = exitCodeOf(comparison);
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
