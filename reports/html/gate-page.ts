import { gateEffectsPlot } from '../charts/gate-effects.ts';
import { renderChart } from '../charts/render-chart.ts';
import { countOf } from '../format.ts';
import type { GateResult, GateRow, GateScenario } from '../gate/result.ts';
import { changeText, outcomeWords, toleratedText, valueText } from '../gate/row-text.ts';
import { digestText, looksText, strategiesText } from '../gate/scenario-text.ts';
import { html, Markup } from './markup.ts';
import { style } from './style.ts';

/** One self-contained file: the verdict first, then each scenario, and how it came about. */
export async function gatePage(result: GateResult): Promise<string> {
  const { scenarios, verdict } = result;
  const sections = await Promise.all(scenarios.map((one) => scenarioSection(one, result)));
  const title = `${outcomeWords[verdict.kind]}: ${verdict.sentence}`;
  const page = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>fairlead gate: ${title}</title>
<link rel="icon" href="data:,">
<style>${new Markup(style)}</style>
</head>
<body>
<header>
<h1>Fairlead · gate</h1>
<p class="verdict">${title}</p>
${badges(result)}
</header>
${verdict.advice === undefined ? '' : html`<aside>${verdict.advice}</aside>`}
${sections}
${noiseSection(result)}
<section><h2>How it was decided</h2>${method(result)}</section>
${provenance(result)}
<script type="application/json" id="fairlead-gate">${embeddedJson(result)}</script>
</body>
</html>
`;
  return page.html;
}

function badges(result: GateResult): Markup {
  const { meta, scenarios, verdict } = result;
  return html`<ul class="badges">
    <li class="${verdict.kind === 'pass' ? '' : 'bad'}">${outcomeWords[verdict.kind]}</li>
    <li>${meta.simulated ? 'simulated' : 'measured'}</li>
    <li>${countOf(scenarios.length, 'scenario')}</li>
    ${looksText(result) === '' ? '' : html`<li>${looksText(result)}</li>`}
  </ul>`;
}

async function scenarioSection(scenario: GateScenario, result: GateResult): Promise<Markup> {
  const { name, notes, outcome, reason, rows } = scenario;
  const plot = gateEffectsPlot(scenario);
  const chart = plot === undefined ? undefined : await renderChart(plot);
  const fleet = rows.filter(({ replica }) => replica === undefined);
  const replicas = rows.filter(({ replica }) => replica !== undefined);
  const facts = [strategiesText(scenario), digestText(scenario), looksText(result)];
  return html`<section><h2>${name}: ${outcomeWords[outcome]}</h2>
    <p class="note">${facts.filter((fact) => fact !== '').join('; ')}</p>
    ${reason === undefined ? '' : html`<aside>${reason}</aside>`}
    ${notes.map((note) => html`<aside>${note}</aside>`)}
    ${fleet.length === 0 ? '' : table(fleet, 'figure')}
    ${chart === undefined ? '' : html`<figure>${new Markup(chart)}<figcaption>How much worse each figure has become, paired by seed; to the left of zero it has become better.</figcaption></figure>`}
    ${replicas.length === 0 ? '' : html`<h2>Replicas of ${name}</h2>${table(replicas, 'replica')}`}
  </section>`;
}

function table(rows: readonly GateRow[], what: 'figure' | 'replica'): Markup {
  const heads = ['base', 'head', 'change', 'tolerated', 'seeds worse', 'gate'];
  const lines = rows.map(
    (row) => html`<tr><th scope="row">${row.label}</th>
      <td>${valueText(row, row.base)}</td><td>${valueText(row, row.head)}</td>
      <td>${changeText(row)}</td><td>${toleratedText(row)}</td><td>${row.seedsWorse}</td>
      <td class="${classOf(row)}">${outcomeWords[row.outcome]}</td></tr>`,
  );
  return html`<div class="scroll"><table>
    <thead><tr><th scope="col">${what}</th>${heads.map((head) => html`<th scope="col">${head}</th>`)}</tr></thead>
    <tbody>${lines}</tbody>
  </table></div>`;
}

function classOf({ outcome }: GateRow): string {
  if (outcome === 'inconclusive') return 'tied';
  return outcome === 'regress' ? 'missed' : 'kept';
}

function noiseSection({ noise }: GateResult): Markup | string {
  if (noise === undefined || noise.floors.length === 0) return '';
  const rows = noise.floors.map(
    ({ floor, label }) =>
      html`<tr><th scope="row">${label}</th><td>${(100 * floor).toFixed(1)} %</td></tr>`,
  );
  return html`<section><h2>Noise</h2>
    <p class="note">What two measurements of the same may differ by, from ${countOf(noise.pairs, 'pair')}: no tolerance may be less.</p>
    <div class="scroll"><table><thead><tr><th scope="col">figure</th><th scope="col">least tolerance</th></tr></thead>
    <tbody>${rows}</tbody></table></div></section>`;
}

function method({ looks }: GateResult): Markup {
  const level = (100 * looks.level).toFixed(2);
  return html`<p>A figure is worse when its paired change is beyond what is tolerated with a chance
    of less than ${level} % at a look, corrected for all figures that are looked at, and beyond its
    floor in milliseconds. It passes when the upper bound of the change at the same level is within
    the tolerance or the floor. Looks were planned at ${looks.sizes.join(', ')} seeds.</p>`;
}

function provenance({ meta }: GateResult): Markup {
  return html`<footer>
    <p>Run ${meta.runId} · Fairlead ${meta.version} · Node ${meta.run.node} ·
      ${meta.run.startedAt}</p>
    <p>Baseline: ${meta.baseline.join(', ')}</p>
    <p>Again: <code>${meta.run.command}</code></p>
  </footer>`;
}

/** A closing tag inside a string must not end the element. */
function embeddedJson(result: GateResult): Markup {
  return new Markup(JSON.stringify(result).replaceAll('<', '\\u003c'));
}
