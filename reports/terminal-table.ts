import Table from 'cli-table3';
import { costCells, costHeads } from './cost-cells.ts';
import { formatMetric } from './format.ts';
import { type MetricName, metrics, shownMetrics } from './metrics.ts';
import { byRank, sloColumn } from './scoreboard.ts';
import type { Comparison, MetricSummary } from './summary.ts';

/** How the terminal sets text apart; the identity where there is no colour. */
export interface TextStyle {
  readonly colour: boolean;
  bold(text: string): string;
  grey(text: string): string;
}

/** Strategies by rank, the best figure of each column in bold, what is tied with it in grey. */
export function terminalTable(
  comparison: Pick<Comparison, 'fleets' | 'strategies' | 'verdict'>,
  style: TextStyle,
): string {
  const shown = shownMetrics(comparison.verdict);
  const costs = costHeads(comparison);
  const table = new Table({
    head: ['', ...shown.map((name) => metrics[name].label), ...costs, 'SLO'],
    colAligns: ['left', ...[...shown, ...costs].map(() => 'right' as const), 'left'],
    style: { head: [], border: [], compact: true },
    chars: borderless,
  });
  table.push([
    '',
    ...shown.map((name) => style.grey(metrics[name].unit)),
    ...costs.map(() => ''),
    '',
  ]);
  for (const strategy of byRank(comparison)) {
    const cells = shown.map((name) => cell(name, strategy.metrics[name], style));
    table.push([strategy.name, ...cells, ...costCells(strategy), sloColumn(strategy)]);
  }
  const legend = style.colour
    ? `${style.bold('bold')} best, ${style.grey('grey')} statistically tied with it`
    : '* best, ~ statistically tied with it';
  const lines = table
    .toString()
    .split('\n')
    .map((line) => line.trimEnd());
  return `${lines.join('\n')}\n\n  ${legend}`;
}

function cell(name: MetricName, { mean, standing }: MetricSummary, style: TextStyle): string {
  if (mean === null) return '–';
  const figure = formatMetric(name, mean);
  if (!style.colour)
    return `${figure}${standing === 'best' ? '*' : standing === 'tied' ? '~' : ' '}`;
  if (standing === 'best') return style.bold(figure);
  return standing === 'tied' ? style.grey(figure) : figure;
}

export const borderless = {
  top: '',
  'top-mid': '',
  'top-left': '',
  'top-right': '',
  bottom: '',
  'bottom-mid': '',
  'bottom-left': '',
  'bottom-right': '',
  left: ' ',
  'left-mid': '',
  mid: '',
  'mid-mid': '',
  right: '',
  'right-mid': '',
  middle: ' ',
};
