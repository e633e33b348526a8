import type { Plan } from '../reports/plan.ts';
import { costLine, planTables, questionLine, searchedLine } from '../reports/plan-tables.ts';
import type { TextStyle } from '../reports/terminal-table.ts';
import { textTable } from './print-table.ts';

/** For a terminal: the answer, the reasons, and then the tables. */
export function planText(plan: Plan, report: string, style: TextStyle): string {
  const cost = costLine(plan);
  const reasons = [...plan.answer.reasons, ...(cost === undefined ? [] : [`${cost}.`])];
  const lines = [
    '',
    `  ${style.bold(plan.answer.sentence)}`,
    '',
    ...reasons.map((reason) => `  · ${reason}`),
    '',
    style.grey(`  ${questionLine(plan)}`),
    style.grey(`  ${searchedLine(plan)}`),
    ...planTables(plan).flatMap(({ note, rows, title }) => [
      '',
      `  ${style.bold(title)}`,
      style.grey(`  ${note}`),
      ...textTable(rows, style)
        .split('\n')
        .map((line) => `  ${line}`),
    ]),
    ...plan.notes.map((note) => `\n  Note: ${note}`),
    '',
    `  Report: ${report}`,
    '',
  ];
  return `${lines.join('\n')}\n`;
}
