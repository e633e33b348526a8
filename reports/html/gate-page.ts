import { gateEffectsPlot } from '../charts/gate-effects.ts';
import { renderChart } from '../charts/render-chart.ts';
import { countOf } from '../format.ts';
import type { GateResult, GateRow, GateScenario } from '../gate/result.ts';
import { changeText, outcomeWords, toleratedText, valueText } from '../gate/row-text.ts';
import { digestText, looksText, strategiesText } from '../gate/scenario-text.ts';
import { type Badge, documentOf, figure, provenance } from './document.ts';
import { html, type Markup } from './markup.ts';

/** The verdict first, then each scenario, and how it came about. */
export async function gatePage(result: GateResult): Promise<string> {
  const { meta, scenarios, verdict } = result;
  const sections = await Promise.all(scenarios.map((one) => scenarioSection(one, result)));
  const answer = `${outcomeWords[verdict.kind]}: ${verdict.sentence}`;
  return documentOf({
    title: `fairlead gate: ${answer}`,
    heading: 'gate',
    answer,
    badges: badges(result),
    asides: verdict.advice === undefined ? [] : [verdict.advice],
    sections: [
      ...sections,
      noiseSection(result),
      html`<section><h2>How it was decided</h2>${method(result)}</section>`,
    ],
    footer: provenance(meta, { lines: [`Baseline: ${meta.baseline.join(', ')}`] }),
    data: { id: 'fairlead-gate', value: result },
  });
}

function badges(result: GateResult): Badge[] {
  const { meta, scenarios, verdict } = result;
  const looks = looksText(result);
  return [
    { text: outcomeWords[verdict.kind], isBad: verdict.kind !== 'pass' },
    meta.simulated ? 'simulated' : 'measured',
    countOf(scenarios.length, 'scenario'),
    ...(looks === '' ? [] : [looks]),
  ];
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
    ${figure('How much worse each figure has become, paired by seed; to the left of zero it has become better.', chart)}
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
