import { formatNumber } from '../format.ts';
import { byRank } from '../scoreboard.ts';
import type { Comparison } from '../summary.ts';
import { html, type Markup } from './markup.ts';

/** Each objective against what each strategy measured. */
export function objectivesTable(comparison: Comparison): Markup | string {
  const { slo } = comparison.scenario;
  if (slo.length === 0) return '';
  const rows = byRank(comparison).map(
    ({ name, thresholds }) => html`<tr><th scope="row">${name}</th>
      ${thresholds.map(
        ({ holds, value }, index) => html`<td class="${holds ? 'kept' : 'missed'}">
          ${holds ? 'kept' : 'missed'}<small>${printValue(slo[index]!.metric, value)}</small></td>`,
      )}</tr>`,
  );
  return html`<section><h2>Objectives</h2>
    <div class="scroll"><table>
      <thead><tr><th scope="col">strategy</th>
        ${slo.map(({ text }) => html`<th scope="col">${text}</th>`)}</tr></thead>
      <tbody>${rows}</tbody>
    </table></div></section>`;
}

function printValue(metric: string, value: number | null): string {
  if (value === null) return 'nothing measured';
  return metric === 'goodput' ? `${(value * 100).toFixed(1)} %` : `${formatNumber(value)} ms`;
}
