import { agreementTable } from '../reports/agreement-table.ts';
import { liveRunHeads, liveRunRows } from '../reports/live-run-rows.ts';
import { loadLines } from '../reports/load-text.ts';
import { markdownReport } from '../reports/markdown.ts';
import type { Comparison } from '../reports/summary.ts';
import { terminalTable } from '../reports/terminal-table.ts';
import { type AskedForm, printAsAsked } from './print-as-asked.ts';
import { textTable } from './print-table.ts';
import { textStyle } from './text-style.ts';

export interface BenchTextOptions extends AskedForm {
  /** Path of it. */
  readonly report: string;
}

/** The answer of live runs: what was measured, and whether the simulator had said so. */
export function printBench(comparison: Comparison, options: BenchTextOptions): void {
  printAsAsked(comparison, options, {
    markdown: () => markdownReport(comparison),
    text: () => benchText(comparison, options.report),
  });
}

function benchText(comparison: Comparison, report: string): string {
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
  return `${lines.join('\n')}\n`;
}
