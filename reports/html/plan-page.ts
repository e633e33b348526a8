import { planStrategiesPlot, planWhatIfPlot } from '../charts/plan-bars.ts';
import { planCostPlot } from '../charts/plan-cost.ts';
import { planObjectivesPlot } from '../charts/plan-objectives.ts';
import { renderChart } from '../charts/render-chart.ts';
import { countOf, formatNumber, measuredText } from '../format.ts';
import type { Plan } from '../plan.ts';
import { costLine, type PlanTable, planTables, searchedLine } from '../plan-tables.ts';
import { html, Markup } from './markup.ts';
import { style } from './style.ts';

type Chart = ReturnType<typeof planCostPlot>;

/**
 * A plan as one self-contained file that somebody can read who has to sign for it: what to rent,
 * what it costs, why not less; then the tables and pictures, and at the end how it came about.
 */
export async function planPage(plan: Plan): Promise<string> {
  const { answer, notes, question } = plan;
  const draw = async (chart: Chart) => (chart === undefined ? undefined : await renderChart(chart));
  const [cost, objectives, whatIfs, strategies] = await Promise.all([
    draw(planCostPlot(plan)),
    draw(planObjectivesPlot(plan)),
    draw(planWhatIfPlot(plan)),
    draw(planStrategiesPlot(plan)),
  ]);
  const charts: Readonly<Record<string, Markup | ''>> = {
    'The answer against its SLO': figure(objectivesCaption, objectives),
    'What if': figure('Cost of what is needed then; dashed is the answer.', whatIfs),
    Strategies: figure('Cost of what each strategy needs; dashed is the answer.', strategies),
    'One kind alone': figure(costCaption, cost),
  };
  const page = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${question.name}: ${answer.sentence}</title>
<link rel="icon" href="data:,">
<style>${new Markup(style)}</style>
</head>
<body>
<header>
<h1>Fairlead · capacity plan · ${question.name}</h1>
<p class="verdict">${answer.sentence}</p>
${badges(plan)}
</header>
${notes.map((note) => html`<aside>${note}</aside>`)}
<section><h2>Why</h2>
<ul>${answer.reasons.map((reason) => html`<li>${reason}</li>`)}
${costItem(plan)}</ul></section>
${planTables(plan).map((table) => section(table, charts[table.title] ?? ''))}
<section><h2>What was asked</h2>${questionCard(plan)}</section>
${provenance(plan)}
<script type="application/json" id="fairlead-plan">${embeddedJson(plan)}</script>
</body>
</html>
`;
  return page.html;
}

const objectivesCaption =
  'How much of each limit is used: bars are means over the seeds, ticks their 95 % bounds, the red line is the limit.';
const costCaption =
  'Fleets of one kind that were simulated: a circle keeps the SLO, a cross fails. The dashed line is what the answer costs.';

function badges({ meta, question, winner }: Plan): Markup {
  const unverified = question.prices.filter(({ verified }) => !verified).length;
  return html`<ul class="badges">
    <li>simulated</li>
    <li>${question.model}</li>
    <li>${countOf(meta.seeds.length, 'seed')}</li>
    ${winner === null ? html`<li class="bad">no fleet found</li>` : ''}
    ${unverified === 0 ? '' : html`<li class="bad">${countOf(unverified, 'unverified price')}</li>`}
  </ul>`;
}

function costItem(plan: Plan): Markup | '' {
  const line = costLine(plan);
  return line === undefined ? '' : html`<li>${line}.</li>`;
}

function section({ note, rows, title }: PlanTable, chart: Markup | ''): Markup {
  const [head, ...body] = rows;
  return html`<section><h2>${title}</h2>
<p class="note">${note}</p>
<div class="scroll"><table>
  <thead><tr>${head!.map((name) => html`<th scope="col" class="slo">${name}</th>`)}</tr></thead>
  <tbody>${body.map(
    ([name, ...cells]) =>
      html`<tr><th scope="row">${name!}</th>${cells.map((cell) => html`<td class="slo">${cell}</td>`)}</tr>`,
  )}</tbody>
</table></div>
${chart}</section>`;
}

function figure(caption: string, svg: string | undefined): Markup | '' {
  if (svg === undefined) return '';
  return html`<figure>${new Markup(svg)}<figcaption>${caption}</figcaption></figure>`;
}

function questionCard({ autoscaling, question }: Plan): Markup {
  const situations = question.situations.map((one) => {
    const rate = one.requestsPerS === null ? '' : `, ${formatNumber(one.requestsPerS)} requests/s`;
    return html`<li>${one.kind}: ${one.about}${rate}; ${measuredText(one.durationUs, one.warmupUs)}</li>`;
  });
  const kinds = countOf(question.maxKinds, 'kind');
  return html`<p>${question.summary}</p>
    <dl>
      <dt>Model</dt><dd>${question.model}</dd>
      <dt>SLO</dt><dd>${question.slo.join(', ')}</dd>
      <dt>Judged in</dt><dd><ul>${situations}</ul></dd>
      ${spotRow(question)}
      ${autoscalingRow(autoscaling)}
      <dt>Limits</dt><dd>up to ${question.maxReplicas} replicas of up to ${kinds}</dd>
      <dt>Strategy of the search</dt><dd>${question.strategy}</dd>
    </dl>`;
}

function spotRow({ reclaimShare }: Plan['question']): Markup | '' {
  if (reclaimShare === undefined) return '';
  const share = `${Math.round(100 * reclaimShare)} %`;
  return html`<dt>Spot</dt><dd>up to ${share} of the replicas of a kind may be taken back at once</dd>`;
}

function autoscalingRow(autoscaling: Plan['autoscaling']): Markup | '' {
  if (autoscaling === undefined) return '';
  const { boot, rule } = autoscaling;
  return html`<dt>Autoscaling</dt><dd>by ${rule}; ${boot} until a replica that is switched on serves</dd>`;
}

function provenance(plan: Plan): Markup {
  const { meta } = plan;
  return html`<footer>
    <p>Plan ${meta.runId} · Fairlead ${meta.version} · Node ${meta.run.node} ·
      ${meta.run.startedAt} · ${searchedLine(plan)} · seeds ${meta.seeds.join(', ')}</p>
    <p>Again: <code>${meta.run.command}</code></p>
  </footer>`;
}

/** A closing tag inside a string must not end the element. */
function embeddedJson(plan: Plan): Markup {
  return new Markup(JSON.stringify(plan).replaceAll('<', '\\u003c'));
}
