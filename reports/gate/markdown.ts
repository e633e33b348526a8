import { countOf } from '../format.ts';
import type { GateResult, GateRow, GateScenario } from './result.ts';
import { changeText, outcomeWords, toleratedText, valueText } from './row-text.ts';
import { digestText, looksText, strategiesText } from './scenario-text.ts';

/** By this a comment of an earlier run is found, and written again in its place. */
export const commentMarker = '<!-- fairlead-gate -->';

/** GitHub refuses a comment of more characters than 65,536. */
const mostCharacters = 65_000;
/** Rows that are not folded away. */
const mostShown = 60;

const badges = { pass: '✅', regress: '❌', inconclusive: '⚠️', invalid: '🚫' } as const;
const marks = { ...badges, identical: '✅' } as const;

/** A comment for a pull request: the verdict, what decided it, and all the rest folded away. */
export function gateMarkdown(result: GateResult): string {
  const { meta, noise, scenarios, verdict } = result;
  const all = scenarios.flatMap((one) => telling(one).map((row) => ({ name: one.name, row })));
  const shown = all.slice(0, mostShown);
  const head = [
    commentMarker,
    `### ${badges[verdict.kind]} fairlead gate: ${outcomeWords[verdict.kind]}`,
    '',
    `**${escaped(verdict.sentence)}**`,
    ...(verdict.advice === undefined ? [] : ['', escaped(verdict.advice)]),
    '',
    ...scenarios.map((one) => `- ${scenarioLine(one, result)}`),
    '',
    ...table(shown),
    ...(all.length === shown.length
      ? []
      : ['', `${countOf(all.length - shown.length, 'such row')} more below.`]),
  ];
  const noiseLine = (noise?.floors ?? []).map(
    ({ floor, label }) => `${label} ${(100 * floor).toFixed(1)} %`,
  );
  const foot = [
    ...(noiseLine.length === 0
      ? []
      : ['', `Noise of two like measurements: ${noiseLine.join(', ')}.`]),
    '',
    `Again: \`${meta.run.command.replaceAll('`', '')}\``,
    '',
    `Run ${meta.runId}, Fairlead ${meta.version}.`,
    '',
  ];
  return fitted([...head, ''], grid(scenarios), foot);
}

function scenarioLine(scenario: GateScenario, result: GateResult): string {
  const { name, notes, outcome, reason, rows } = scenario;
  const facts = [
    strategiesText(scenario),
    digestText(scenario),
    rows.length === 0 ? '' : countOf(rows.length, 'figure'),
    looksText(result),
    reason ?? '',
    ...notes,
  ].filter((fact) => fact !== '');
  return `${marks[outcome]} **${escaped(name)}**: ${escaped(facts.join('; '))}`;
}

/** What the fleet as a whole does, and those of its replicas that have made the verdict. */
function telling({ outcome: verdict, rows }: GateScenario): GateRow[] {
  return rows.filter(({ outcome, replica }) => replica === undefined || outcome === verdict);
}

interface NamedRow {
  readonly name: string;
  readonly row: GateRow;
}

const heads = ['', 'base', 'head', 'change [95 % CI]', 'tolerated', 'seeds worse', 'gate'];

function table(rows: readonly NamedRow[]): string[] {
  if (rows.length === 0) return [];
  const several = new Set(rows.map(({ name }) => name)).size > 1;
  const lines = rows.map(({ name, row }) => {
    const label = several ? `${name}: ${row.label}` : row.label;
    return [
      ...[escaped(label), valueText(row, row.base), valueText(row, row.head)],
      ...[changeText(row), toleratedText(row), String(row.seedsWorse)],
      `${marks[row.outcome]} ${outcomeWords[row.outcome]}`,
    ];
  });
  const aligned = ['---', '---:', '---:', '---:', '---:', '---:', '---'];
  return [heads, aligned, ...lines].map((cells) => `| ${cells.join(' | ')} |`);
}

/** Every figure of every scenario. */
function grid(scenarios: readonly GateScenario[]): string[] {
  const rows = scenarios.flatMap(({ name, rows: own }) => own.map((row) => ({ name, row })));
  return table(rows);
}

/** The whole grid where there is room for it; else as many of its rows as there is. */
function fitted(head: readonly string[], rows: readonly string[], foot: readonly string[]): string {
  const page = (shown: readonly string[]) => {
    const left = rows.length - shown.length;
    const cut = left === 0 ? [] : ['', `${countOf(left, 'row')} more in the report.`];
    const folded = [
      '<details><summary>All figures</summary>',
      '',
      ...shown,
      ...cut,
      '',
      '</details>',
    ];
    return [...head, ...(rows.length === 0 ? [] : folded), ...foot].join('\n');
  };
  let most = rows.length;
  while (most > 0 && page(rows.slice(0, most)).length > mostCharacters) {
    most = Math.floor(most * 0.8);
  }
  return page(rows.slice(0, most));
}

/** Names of scenarios and replicas are anybody's. */
function escaped(text: string): string {
  return text.replace(/[\\|*_`<>[\]]/g, '\\$&').replace(/\s+/g, ' ');
}
