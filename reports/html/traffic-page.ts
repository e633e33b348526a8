import { arrivalsPlot } from '../charts/arrivals-plot.ts';
import { lengthsPlot } from '../charts/lengths-plot.ts';
import { renderChart } from '../charts/render-chart.ts';
import { countOf, formatCount, formatNumber } from '../format.ts';
import { sharingLines } from '../traffic/lengths-text.ts';
import type { TrafficFacts, TrafficPreview } from '../traffic/preview.ts';
import { entryLines, previewNotes } from '../traffic/preview-notes.ts';
import { tenantRows } from '../traffic/tenants-text.ts';
import { documentOf, figure } from './document.ts';
import { html, type Markup } from './markup.ts';

/** What stands beside the pictures, in words. */
export interface ScenarioWords {
  readonly name: string;
  readonly summary: string;
  readonly model: string;
  readonly fleet: readonly string[];
  readonly measured: string;
  readonly slo: string;
  readonly version: string;
}

/** The traffic of a scenario as one self-contained file, like the report of a run. */
export async function trafficPage(words: ScenarioWords, preview: TrafficPreview): Promise<string> {
  const { all, tenants } = preview;
  const [arrivals, prompts, answers] = await Promise.all([
    renderChart(arrivalsPlot(preview)),
    renderChart(lengthsPlot(preview, 'prompt')),
    renderChart(lengthsPlot(preview, 'answer')),
  ]);
  return documentOf({
    title: `${words.name}: ${words.summary}`,
    heading: words.name,
    answer: words.summary,
    badges: [
      `${formatNumber(all.meanRps)} requests/s on average`,
      countOf(all.requests, 'request'),
      ...(preview.tenantCount > 1 ? [countOf(preview.tenantCount, 'tenant')] : []),
    ],
    sections: [
      html`<section><h2>Arrivals</h2>
<ul>${entryLines(preview).map((line) => html`<li>${line}</li>`)}</ul>
${figure(arrivalsCaption(all), arrivals)}</section>`,
      html`<section><h2>Prompts</h2>
${figure(lengthsCaption(all.prompt), prompts)}</section>`,
      html`<section><h2>Answers</h2>
${figure(lengthsCaption(all.answer), answers)}</section>`,
      tenants.length === 0 ? '' : tenantsTable(preview),
      html`<section><h2>What requests share</h2>
<ul>${sharingLines(all).map((line) => html`<li>${line}</li>`)}</ul></section>`,
      html`<section><h2>Scenario</h2>${scenarioList(words)}</section>`,
    ],
    footer: html`<footer>
  ${previewNotes(preview).map((note) => html`<p>${note}</p>`)}
  <p>Fairlead ${words.version}</p>
</footer>`,
    data: { id: 'fairlead-traffic', value: preview },
  });
}

function scenarioList({ fleet, measured, model, slo }: ScenarioWords): Markup {
  return html`<dl>
  <dt>Model</dt><dd>${model}</dd>
  <dt>Fleet</dt><dd><ul>${fleet.map((line) => html`<li>${line}</li>`)}</ul></dd>
  <dt>Measured</dt><dd>${measured}</dd>
  <dt>SLO</dt><dd>${slo}</dd>
</dl>`;
}

function arrivalsCaption({ maxRps, meanRps, minRps }: TrafficFacts): string {
  const [min, mean, max] = [minRps, meanRps, maxRps].map(formatNumber);
  return `Requests per second: ${min} in the quietest bin, ${mean} on average, ${max} in the busiest.`;
}

function lengthsCaption({ max, mean, p50, p90, p99 }: TrafficFacts['prompt']): string {
  const print = (tokens: number) => formatCount(Math.round(tokens));
  return `Tokens: mean ${print(mean)}, p50 ${print(p50)}, p90 ${print(p90)}, p99 ${print(p99)}, max ${print(max)}.`;
}

function tenantsTable(preview: TrafficPreview): Markup {
  const [head, ...rows] = tenantRows(preview);
  const others = preview.tenantCount - rows.length;
  return html`<section><h2>Tenants</h2>
    <div class="scroll"><table>
      <thead><tr>${head!.map((title) => html`<th scope="col">${title}</th>`)}</tr></thead>
      <tbody>${rows.map(
        ([name, ...cells]) =>
          html`<tr><th scope="row">${name!}</th>${cells.map((cell) => html`<td>${cell}</td>`)}</tr>`,
      )}</tbody>
    </table></div>
    ${others > 0 ? html`<p class="note">and ${countOf(others, 'tenant')} more</p>` : ''}</section>`;
}
