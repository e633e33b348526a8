import { pairedEffectsPlot } from '../charts/paired-effects.ts';
import { renderChart } from '../charts/render-chart.ts';
import { replicaSharePlot } from '../charts/replica-share.ts';
import { tailPlot } from '../charts/tail-plot.ts';
import { fleetLines } from '../cost-cells.ts';
import { countOf } from '../format.ts';
import { metricNames, metrics } from '../metrics.ts';
import { byRank } from '../scoreboard.ts';
import type { Comparison } from '../summary.ts';
import { agreementSection } from './agreement-section.ts';
import { type Badge, figure } from './document.ts';
import { liveRunsTable } from './live-runs-table.ts';
import { html, type Markup } from './markup.ts';
import { objectivesTable } from './objectives.ts';
import { resultPage } from './result-page.ts';
import { scenarioCard } from './scenario-card.ts';
import { scoreboardTable } from './scoreboard-table.ts';

/** Strategies beside each other: who is best, by how much, and where the rest differs. */
export async function htmlReport(comparison: Comparison): Promise<string> {
  const { agreement, liveRuns, meta, scenario, verdict, warnings } = comparison;
  const strategies = byRank(comparison);
  const ttftLimit = scenario.slo.find(({ metric }) => metric === 'ttft');
  const effects = pairedEffectsPlot(strategies, verdict.metric);
  const [tail, forest, shares, simVsLive] = await Promise.all([
    renderChart(tailPlot(strategies, ttftLimit?.limit)),
    effects === undefined ? undefined : renderChart(effects),
    renderChart(replicaSharePlot(strategies)),
    agreement === undefined ? '' : agreementSection(agreement),
  ]);
  return resultPage({
    ...{ name: scenario.name, sentence: verdict.sentence, warnings, meta, result: comparison },
    badges: badges(comparison),
    sections: [
      html`<section><h2>Scoreboard</h2>
<p class="note">Means over the seeds, with their 95 % intervals. Bold is the best of a column; grey is
statistically tied with it (paired by seed).</p>
${scoreboardTable(comparison)}</section>`,
      objectivesTable(comparison),
      simVsLive,
      liveRuns === undefined ? '' : liveRunsTable(liveRuns),
      html`<section><h2>The tail</h2>
${figure('Time to first token. To the right stand ever rarer requests; dashed where fewer than ten of a run lie beyond.', tail)}</section>`,
      forest === undefined
        ? ''
        : html`<section><h2>Against the best</h2>${figure(effectsCaption(comparison), forest)}</section>`,
      html`<section><h2>Replicas</h2>
${figure('How evenly the work was spread.', shares)}</section>`,
      fleetsSection(comparison),
      html`<section><h2>Scenario</h2>${scenarioCard(comparison)}</section>`,
      html`<section><h2>What the figures mean</h2>${glossary()}</section>`,
    ],
  });
}

/** What was compared in place of the fleet of the scenario. */
function fleetsSection(comparison: Comparison): Markup | string {
  const lines = fleetLines(comparison);
  if (lines.length === 0) return '';
  return html`<section><h2>Fleets</h2>
<p class="note">The same requests for all: loads are shares of what the fleet of the scenario can sustain.</p>
<ul>${lines.map((line) => html`<li>${line}</li>`)}</ul></section>`;
}

function badges({ fleets, meta, strategies, scenario }: Comparison): Badge[] {
  const saturated = strategies.filter(({ saturatedSeeds }) => saturatedSeeds > 0).length;
  const counted = strategies.reduce((sum, { outcomes }) => sum + outcomes.counted, 0);
  const replicas = scenario.fleet.reduce((sum, group) => sum + group.replicas, 0);
  return [
    meta.simulated ? 'simulated' : 'measured',
    meta.simulated
      ? `${scenario.model} on ${fleets ? countOf(fleets.length, 'fleet') : countOf(replicas, 'replica')}`
      : strategies[0]!.name,
    meta.simulated ? countOf(meta.seeds.length, 'paired seed') : `seed ${meta.seeds.join(', ')}`,
    countOf(counted, 'request'),
    ...(saturated === 0 ? [] : [{ text: `${saturated} saturated`, isBad: true }]),
  ];
}

function effectsCaption({ verdict }: Comparison): string {
  const caption =
    'Same seeds, same requests: the difference, seed by seed. An interval that reaches zero is a tie.';
  if ((verdict.looks?.sizes.length ?? 1) === 1) return caption;
  return `${caption} So is one that nearly does: the seeds were looked at ${verdict.looks!.taken} times, and each look has its own chance of being wrong.`;
}

function glossary(): Markup {
  return html`<dl>${metricNames.map(
    (name) => html`<dt>${metrics[name].label}</dt><dd>${metrics[name].about}</dd>`,
  )}</dl>`;
}
