import { liveRunHeads, liveRunRows } from '../live-run-rows.ts';
import type { LiveRunFacts } from '../live-summary.ts';
import { html, type Markup } from './markup.ts';

/** In the order in which they were run, and how well the machine kept up. */
export function liveRunsTable(runs: readonly LiveRunFacts[]): Markup {
  const rows = liveRunRows(runs).map(
    ([name, ...cells]) =>
      html`<tr><th scope="row">${name!}</th>${cells.map((cell) => html`<td>${cell}</td>`)}</tr>`,
  );
  return html`<section><h2>Live runs</h2>
    <div class="scroll"><table>
      <thead><tr>${liveRunHeads.map((head) => html`<th scope="col">${head}</th>`)}</tr></thead>
      <tbody>${rows}</tbody>
    </table></div>
    <p class="note">In the order in which they were run. Lag is how late a hundredth of the requests were
    sent, and of the tokens written; above 5 ms a run says nothing.</p>
    </section>`;
}
