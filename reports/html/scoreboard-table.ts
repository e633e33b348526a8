import { costCells, costHeads } from '../cost-cells.ts';
import { formatChange, formatMetric } from '../format.ts';
import { type MetricName, metricNames, metrics } from '../metrics.ts';
import { byRank, sloColumn } from '../scoreboard.ts';
import type { Comparison, MetricSummary } from '../summary.ts';
import { html, type Markup } from './markup.ts';

/** Every metric of every strategy, the 95 % interval under each mean. */
export function scoreboardTable(comparison: Comparison): Markup {
  // A column of zeros, such as preemptions where there were none, says nothing.
  const shown = metricNames.filter((name) =>
    comparison.strategies.some(({ metrics: figures }) => (figures[name].mean ?? 0) !== 0),
  );
  const head = shown.map(
    (name) =>
      html`<th scope="col" title="${metrics[name].about}">${metrics[name].label}<small>${metrics[name].unit}</small></th>`,
  );
  const rows = byRank(comparison).map(
    (strategy) => html`<tr>
      <th scope="row">${strategy.name}${optionsOf(strategy.options)}</th>
      ${costCells(strategy).map((cost) => html`<td>${cost}</td>`)}
      ${shown.map((name) => cell(name, strategy.metrics[name]))}
      <td class="slo">${sloColumn(strategy)}</td>
    </tr>`,
  );
  return html`<div class="scroll"><table>
    <thead><tr><th scope="col">strategy</th>${costHeads(comparison).map((cost) => html`<th scope="col">${cost}</th>`)}${head}<th scope="col" class="slo">SLO</th></tr></thead>
    <tbody>${rows}</tbody>
  </table></div>`;
}

function optionsOf(options: Readonly<Record<string, unknown>>): Markup | string {
  const entries = Object.entries(options).map(([key, value]) => `${key} ${textOf(value)}`);
  return entries.length === 0 ? '' : html`<small>${entries.join(', ')}</small>`;
}

function textOf(value: unknown): string {
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}

function cell(name: MetricName, { mean, interval, standing, versusBest }: MetricSummary): Markup {
  if (mean === null) return html`<td>–</td>`;
  const print = (value: number) => formatMetric(name, value);
  const range = interval === null ? '' : `${print(interval.low)} – ${print(interval.high)}`;
  const title = versusBest === null ? '' : `${formatChange(name, versusBest)} against the best`;
  return html`<td class="${standing}" title="${title}">${print(mean)}<small>${range}</small></td>`;
}
