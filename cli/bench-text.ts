import { agreementTable } from '../reports/agreement-table.ts';
import { liveRunHeads, liveRunRows } from '../reports/live-run-rows.ts';
import { loadLines } from '../reports/load-text.ts';
import { markdownReport } from '../reports/markdown.ts';
import type { Comparison } from '../reports/summary.ts';
import { terminalTable } from '../reports/terminal-table.ts';
import { printJson } from './print-json.ts';
import { textTable } from './print-table.ts';
import { textStyle } from './text-style.ts';

export interface BenchTextOptions {
  readonly json?: true | undefined;
  readonly markdown?: true | undefined;
  /** Path of it. */
  readonly report: string;
}

/** The answer of live runs: what was measured, and whether the simulator had said so. */
export function printBench(
  comparison: Comparison,
  { json, markdown, report }: BenchTextOptions,
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
  const { agreement, liveRuns = [], verdict, warnings } = comparison;
  const lines = [
    '',
    `  ${style.bold(verdict.sentence)}`,
    '',
    ...loadLines(comparison).map((line) => style.grey(`  ${line}`)),
    '',
    terminalTable(comparison, style),
    '',
    ...(agreement === undefined ? [] : [agreementTable(agreement, style), '']),
    ...textTable([[...liveRunHeads], ...liveRunRows(liveRuns)], style)
      .split('\n')
      .map((line) => `  ${line}`),
    ...warnings.map((warning) => `\n  Warning: ${warning}`),
    '',
    `  Report: ${report}`,
    '',
  ];
  process.stdout.write(`${lines.join('\n')}\n`);
}
