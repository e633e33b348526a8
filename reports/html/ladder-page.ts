import { ladderGoodputPlot, ladderLatencyPlot } from '../charts/ladder-plots.ts';
import { renderChart } from '../charts/render-chart.ts';
import { countOf, formatMetric } from '../format.ts';
import { type Ladder, ladderMetrics } from '../ladder.ts';
import { axisText, byKnee, kneeRows, placeText } from '../ladder-text.ts';
import { metrics } from '../metrics.ts';
import { figure } from './document.ts';
import { html, type Markup } from './markup.ts';
import { resultPage } from './result-page.ts';
import { scenarioCard } from './scenario-card.ts';

/** Up to where each strategy keeps the SLO: the knees, the curves they are of, every place. */
export async function ladderReport(ladder: Ladder): Promise<string> {
  const { axis, from, meta, scenario, strategies, to, verdict, warnings } = ladder;
  const [ttft, tpot, goodput] = await Promise.all([
    renderChart(ladderLatencyPlot(ladder, 'ttftP99Ms', limitOf(ladder, 'ttft.p99'))),
    renderChart(ladderLatencyPlot(ladder, 'tpotP99Ms', limitOf(ladder, 'tpot.p99'))),
    renderChart(ladderGoodputPlot(ladder)),
  ]);
  const runs = strategies.reduce(
    (sum, { points }) => sum + points.reduce((all, { seeds }) => all + seeds, 0),
    0,
  );
  return resultPage({
    ...{ name: scenario.name, sentence: verdict.sentence, warnings, meta, result: ladder },
    badges: [
      'simulated',
      placeText(axis, String(from), 'to', String(to)),
      countOf(meta.seeds.length, 'paired seed'),
      countOf(runs, 'run'),
    ],
    sections: [
      html`<section><h2>Knees</h2>
<p class="note">The highest ${axisText(axis)} that keeps the SLO, found seed by seed${ladder.precisionShare === null ? '' : ` to ${ladder.precisionShare * 100} %`}, as a mean over the seeds with its 95 % interval. Bold is the highest; grey is statistically tied with it (paired by seed).</p>
${kneeTable(ladder)}</section>`,
      html`<section><h2>Latency over ${axisText(axis)}</h2>
${figure('Time to first token, p99. Dotted: the objective. Lines join the places where every seed was run; lighter dots are those of single seeds near their knees; hollow is where most seeds fell behind.', ttft)}
${figure('Time per output token, p99.', tpot)}</section>`,
      html`<section><h2>Goodput over ${axisText(axis)}</h2>
${figure('Requests per second within their SLO. Dashed: the knees.', goodput)}</section>`,
      html`<section><h2>Every place</h2>${placesTable(ladder)}</section>`,
      html`<section><h2>Scenario</h2>${scenarioCard(ladder)}</section>`,
    ],
  });
}

function limitOf({ scenario }: Ladder, name: string): number | undefined {
  return scenario.slo.find(({ text }) => text.split(/\s*[<>]/)[0] === name)?.limit;
}

function kneeTable(ladder: Ladder): Markup {
  const rows = kneeRows(ladder).map(
    ({ breaks, interval, knee, name, standing, versusBest }) => html`<tr>
      <th scope="row">${name}</th>
      <td class="${standing}">${knee}<small>${interval}</small></td>
      <td>${versusBest}</td><td class="slo">${breaks}</td></tr>`,
  );
  return html`<div class="scroll"><table>
    <thead><tr><th scope="col">strategy</th><th scope="col">knee<small>${axisText(ladder.axis)}</small></th>
      <th scope="col">against the best</th>
      <th scope="col" class="slo">what breaks next<small>seeds</small></th></tr></thead>
    <tbody>${rows}</tbody>
  </table></div>`;
}

function placesTable(ladder: Ladder): Markup {
  const rows = byKnee(ladder).flatMap(({ name, points }) =>
    points.map(
      ({ at, keeping, metrics: figures, saturated, seeds }) => html`<tr>
        <th scope="row">${name}</th><td>${at}</td><td>${keeping} of ${seeds}</td><td>${saturated}</td>
        ${ladderMetrics.map((metric) => {
          const value = figures[metric];
          return html`<td>${value === null ? '–' : formatMetric(metric, value)}</td>`;
        })}</tr>`,
    ),
  );
  return html`<details><summary>Means over the seeds that were run at each place</summary>
    <div class="scroll"><table>
      <thead><tr><th scope="col">strategy</th><th scope="col">${axisText(ladder.axis)}</th>
        <th scope="col">kept</th><th scope="col">saturated</th>
        ${ladderMetrics.map((metric) => html`<th scope="col">${metrics[metric].label}<small>${metrics[metric].unit}</small></th>`)}</tr></thead>
      <tbody>${rows}</tbody>
    </table></div></details>`;
}
