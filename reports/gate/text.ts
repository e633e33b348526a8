import Table from 'cli-table3';
import { countOf } from '../format.ts';
import { borderless, type TextStyle } from '../terminal-table.ts';
import type { GateResult, GateRow, GateScenario } from './result.ts';
import { changeText, outcomeWords, toleratedText, valueText } from './row-text.ts';
import { digestText, looksText, strategiesText } from './scenario-text.ts';

/** The verdict, and figure by figure how it came about; what is worse in bold. */
export function gateText(result: GateResult, style: TextStyle): string {
  const { noise, scenarios, verdict } = result;
  const lines = [
    '',
    `  ${style.bold(`${outcomeWords[verdict.kind]}: ${verdict.sentence}`)}`,
    ...(verdict.advice === undefined ? [] : [`  ${verdict.advice}`]),
    ...scenarios.flatMap((one) => scenarioLines(one, result, style)),
    ...(noise === undefined || noise.floors.length === 0
      ? []
      : ['', style.grey(`  noise of ${countOf(noise.pairs, 'pair')}: ${noiseText(noise.floors)}`)]),
    '',
  ];
  return lines.join('\n');
}

function scenarioLines(scenario: GateScenario, result: GateResult, style: TextStyle): string[] {
  const { name, notes, rows } = scenario;
  const facts = [name, strategiesText(scenario), digestText(scenario), looksText(result)];
  return [
    '',
    style.grey(`  ${facts.filter((fact) => fact !== '').join('; ')}`),
    ...(rows.length === 0 ? [] : ['', gateTable(rows, style)]),
    ...notes.map((note) => `\n  ${note}`),
  ];
}

function gateTable(rows: readonly GateRow[], style: TextStyle): string {
  const table = new Table({
    head: ['', 'base', 'head', 'change [95 % CI]', 'tolerated', 'seeds worse', ''],
    colAligns: ['left', 'right', 'right', 'right', 'right', 'right', 'left'],
    style: { head: [], border: [], compact: true },
    chars: borderless,
  });
  for (const row of rows) {
    const isWorse = row.outcome === 'regress';
    const word = outcomeWords[row.outcome];
    table.push([
      row.label,
      valueText(row, row.base),
      valueText(row, row.head),
      isWorse ? style.bold(changeText(row)) : changeText(row),
      style.grey(toleratedText(row)),
      String(row.seedsWorse),
      isWorse ? style.bold(word) : style.grey(word),
    ]);
  }
  return table
    .toString()
    .split('\n')
    .map((line) => line.trimEnd())
    .join('\n');
}

function noiseText(floors: NonNullable<GateResult['noise']>['floors']): string {
  return floors.map(({ floor, label }) => `${label} ${(100 * floor).toFixed(1)} %`).join(', ');
}
