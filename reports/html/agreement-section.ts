import type { Agreement } from '../agreement.ts';
import { undecidedText } from '../agreement-table.ts';
import { agreementRows, disagreementText, verdictText } from '../agreement-text.ts';
import { agreementPlot } from '../charts/agreement-plot.ts';
import { renderChart } from '../charts/render-chart.ts';
import { figure } from './document.ts';
import { html, type Markup } from './markup.ts';

/** Whether the simulator had said what was measured: the answer, the picture, every figure. */
export async function agreementSection(agreement: Agreement): Promise<Markup> {
  const plot = agreementPlot(agreement);
  const chart = plot === undefined ? undefined : await renderChart(plot);
  const rows = agreementRows(agreement).map(
    (row) => html`<tr><th scope="row">${row.strategy}</th><td>${row.metric}</td>
      <td>${row.simulated}</td><td>${row.measured}</td><td>${row.error}</td><td>${row.limit}</td>
      <td class="${classOf(row.ok)}">${verdictText(row)}</td></tr>`,
  );
  const { disagreements } = agreement.ranking;
  return html`<section><h2>Simulated against measured</h2>
    <p>${agreement.sentence}</p>
    ${disagreements.map((one) => html`<aside>${disagreementText(one)}</aside>`)}
    ${figure('Latencies. On the line lies what was predicted exactly; above it, what was predicted too long.', chart)}
    <div class="scroll"><table>
      <thead><tr>${heads.map((head) => html`<th scope="col">${head}</th>`)}</tr></thead>
      <tbody>${rows}</tbody>
    </table></div>
    <p class="note">Means over the runs, with their 95 % intervals. ${undecidedText(agreement)}</p>
    </section>`;
}

const heads = ['strategy', 'figure', 'simulated', 'measured', 'error', 'limit', ''];

function classOf(ok: boolean | null): string {
  if (ok === null) return '';
  return ok ? 'kept' : 'missed';
}
