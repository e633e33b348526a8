import { arrivalsPlot } from '../charts/arrivals-plot.ts';
import { lengthsPlot } from '../charts/lengths-plot.ts';
import { renderChart } from '../charts/render-chart.ts';
import { countOf, formatNumber } from '../format.ts';
import { sharingLines } from '../traffic/lengths-text.ts';
import type { TrafficFacts, TrafficPreview } from '../traffic/preview.ts';
import { entryLines, previewNotes } from '../traffic/preview-notes.ts';
import { tenantRows } from '../traffic/tenants-text.ts';
import { html, Markup } from './markup.ts';
import { style } from './style.ts';

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
  const page = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${words.name}: ${words.summary}</title>
<link rel="icon" href="data:,">
<style>${new Markup(style)}</style>
</head>
<body>
<header>
<h1>Fairlead · ${words.name}</h1>
<p class="verdict">${words.summary}</p>
<ul class="badges">
  <li>${formatNumber(all.meanRps)} requests/s on average</li>
  <li>${countOf(all.requests, 'request')}</li>
  ${preview.tenantCount > 1 ? html`<li>${countOf(preview.tenantCount, 'tenant')}</li>` : ''}
</ul>
</header>
<section><h2>Arrivals</h2>
<ul>${entryLines(preview).map((line) => html`<li>${line}</li>`)}</ul>
${figure(arrivalsCaption(all), arrivals)}</section>
<section><h2>Prompts</h2>
${figure(lengthsCaption(all.prompt), prompts)}</section>
<section><h2>Answers</h2>
${figure(lengthsCaption(all.answer), answers)}</section>
${tenants.length === 0 ? '' : tenantsTable(preview)}
<section><h2>What requests share</h2>
<ul>${sharingLines(all).map((line) => html`<li>${line}</li>`)}</ul></section>
<section><h2>Scenario</h2>
<dl>
  <dt>Model</dt><dd>${words.model}</dd>
  <dt>Fleet</dt><dd><ul>${words.fleet.map((line) => html`<li>${line}</li>`)}</ul></dd>
  <dt>Measured</dt><dd>${words.measured}</dd>
  <dt>SLO</dt><dd>${words.slo}</dd>
</dl></section>
<footer>
  ${previewNotes(preview).map((note) => html`<p>${note}</p>`)}
  <p>Fairlead ${words.version}</p>
</footer>
<script type="application/json" id="fairlead-traffic">${embeddedJson(preview)}</script>
</body>
</html>
`;
  return page.html;
}

function arrivalsCaption({ maxRps, meanRps, minRps }: TrafficFacts): string {
  const [min, mean, max] = [minRps, meanRps, maxRps].map(formatNumber);
  return `Requests per second: ${min} in the quietest bin, ${mean} on average, ${max} in the busiest.`;
}

function lengthsCaption({ max, mean, p50, p90, p99 }: TrafficFacts['prompt']): string {
  const print = (tokens: number) => Math.round(tokens).toLocaleString('en-US');
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

function figure(caption: string, svg: string): Markup {
  return html`<figure>${new Markup(svg)}<figcaption>${caption}</figcaption></figure>`;
}

/** A closing tag inside a string must not end the element. */
function embeddedJson(preview: TrafficPreview): Markup {
  return new Markup(JSON.stringify(preview).replaceAll('<', '\\u003c'));
}
