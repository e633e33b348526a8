import { countOf } from '../reports/format.ts';
import type { Ladder } from '../reports/ladder.ts';
import { ladderTable } from '../reports/ladder-table.ts';
import { loadLines } from '../reports/load-text.ts';
import { textStyle } from './text-style.ts';

/** The knees for a terminal; where the report is, if one was written. */
export function ladderText(ladder: Ladder, report?: string): string {
  const style = textStyle(process.stdout);
  const { meta, scenario, verdict, warnings } = ladder;
  const slo = scenario.slo.map(({ text }) => text).join(', ') || 'none';
  const facts = [`${scenario.name}: ${countOf(meta.seeds.length, 'seed')}; SLO: ${slo}`];
  const lines = [
    '',
    `  ${style.bold(verdict.sentence)}`,
    '',
    ...[...facts, ...loadLines(ladder)].map((line) => style.grey(`  ${line}`)),
    '',
    ladderTable(ladder, style),
    ...warnings.map((warning) => `\n  Warning: ${warning}`),
    '',
    ...(report === undefined ? [] : [`  Report: ${report}`, '']),
  ];
  return `${lines.join('\n')}\n`;
}
