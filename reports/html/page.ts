import { pairedEffectsPlot } from '../charts/paired-effects.ts';
import { renderChart } from '../charts/render-chart.ts';
import { replicaSharePlot } from '../charts/replica-share.ts';
import { tailPlot } from '../charts/tail-plot.ts';
import { countOf } from '../format.ts';
import { metricNames, metrics } from '../metrics.ts';
import { byRank } from '../scoreboard.ts';
import type { Comparison } from '../summary.ts';
import { agreementSection } from './agreement-section.ts';
import { liveRunsTable } from './live-runs-table.ts';
import { html, Markup } from './markup.ts';
import { objectivesTable } from './objectives.ts';
import { scenarioCard } from './scenario-card.ts';
import { scoreboardTable } from './scoreboard-table.ts';
import { style } from './style.ts';

/**
 * One self-contained file: the answer first, then the figures, the pictures and how they came
 * about. It runs no script and asks no network, and it carries its own data as JSON.
 */
export async function htmlReport(comparison: Comparison): Promise<string> {
  const { agreement, liveRuns, scenario, verdict, warnings } = comparison;
  const strategies = byRank(comparison);
  const ttftLimit = scenario.slo.find(({ metric }) => metric === 'ttft');
  const effects = pairedEffectsPlot(strategies, verdict.metric);
  const [tail, forest, shares, simVsLive] = await Promise.all([
    renderChart(tailPlot(strategies, ttftLimit?.limit)),
    effects === undefined ? undefined : renderChart(effects),
    renderChart(replicaSharePlot(strategies)),
    agreement === undefined ? '' : agreementSection(agreement),
  ]);
  const page = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${scenario.name}: ${verdict.sentence}</title>
<link rel="icon" href="data:,">
<style>${new Markup(style)}</style>
</head>
<body>
<header>
<h1>Fairlead · ${scenario.name}</h1>
<p class="verdict">${verdict.sentence}</p>
${badges(comparison)}
</header>
${warnings.map((warning) => html`<aside>${warning}</aside>`)}
<section><h2>Scoreboard</h2>
<p class="note">Means over the seeds, with their 95 % intervals. Bold is the best of a column; grey is
statistically tied with it (paired by seed).</p>
${scoreboardTable(comparison)}</section>
${objectivesTable(comparison)}
${simVsLive}
${liveRuns === undefined ? '' : liveRunsTable(liveRuns)}
<section><h2>The tail</h2>
${figure('Time to first token. To the right stand ever rarer requests; dashed where fewer than ten of a run lie beyond.', tail)}</section>
${forest === undefined ? '' : html`<section><h2>Against the best</h2>${figure('Same seeds, same requests: the difference, seed by seed. An interval that reaches zero is a tie.', forest)}</section>`}
<section><h2>Replicas</h2>
${figure('How evenly the work was spread.', shares)}</section>
<section><h2>Scenario</h2>${scenarioCard(comparison)}</section>
<section><h2>What the figures mean</h2>${glossary()}</section>
${provenance(comparison)}
<script type="application/json" id="fairlead-summary">${embeddedJson(comparison)}</script>
</body>
</html>
`;
  return page.html;
}

function badges({ meta, strategies, scenario }: Comparison): Markup {
  const saturated = strategies.filter(({ saturatedSeeds }) => saturatedSeeds > 0).length;
  const counted = strategies.reduce((sum, { outcomes }) => sum + outcomes.counted, 0);
  const replicas = scenario.fleet.reduce((sum, group) => sum + group.replicas, 0);
  return html`<ul class="badges">
    <li>${meta.simulated ? 'simulated' : 'measured'}</li>
    <li>${meta.simulated ? `${scenario.model} on ${countOf(replicas, 'replica')}` : strategies[0]!.name}</li>
    <li>${meta.simulated ? countOf(meta.seeds.length, 'paired seed') : `seed ${meta.seeds.join(', ')}`}</li>
    <li>${countOf(counted, 'request')}</li>
    ${saturated === 0 ? '' : html`<li class="bad">${saturated} saturated</li>`}
  </ul>`;
}

function figure(caption: string, svg: string): Markup {
  return html`<figure>${new Markup(svg)}<figcaption>${caption}</figcaption></figure>`;
}

function glossary(): Markup {
  return html`<dl>${metricNames.map(
    (name) => html`<dt>${metrics[name].label}</dt><dd>${metrics[name].about}</dd>`,
  )}</dl>`;
}

function provenance({ meta }: Comparison): Markup {
  return html`<footer>
    <p>Run ${meta.runId} · Fairlead ${meta.version} · Node ${meta.run.node} ·
      ${meta.run.startedAt} · seeds ${meta.seeds.join(', ')}</p>
    <p>Again: <code>${meta.run.command}</code></p>
  </footer>`;
}

/** A closing tag inside a string must not end the element. */
function embeddedJson(comparison: Comparison): Markup {
  return new Markup(JSON.stringify(comparison).replaceAll('<', '\\u003c'));
}
