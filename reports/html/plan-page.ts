import { planStrategiesPlot, planWhatIfPlot } from '../charts/plan-bars.ts';
import { planCostPlot } from '../charts/plan-cost.ts';
import { planObjectivesPlot } from '../charts/plan-objectives.ts';
import { renderChart } from '../charts/render-chart.ts';
import { countOf, formatNumber, measuredText } from '../format.ts';
import type { Plan } from '../plan.ts';
import { costLine, type PlanTable, planTables, searchedLine } from '../plan-tables.ts';
import { type Badge, documentOf, figure, provenance } from './document.ts';
import { html, type Markup } from './markup.ts';

type Chart = ReturnType<typeof planCostPlot>;

/**
 * A plan as one self-contained file that somebody can read who has to sign for it: what to rent,
 * what it costs, why not less; then the tables and pictures, and at the end how it came about.
 */
export async function planPage(plan: Plan): Promise<string> {
  const { answer, meta, notes, question } = plan;
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
  return documentOf({
    title: `${question.name}: ${answer.sentence}`,
    heading: `capacity plan · ${question.name}`,
    answer: answer.sentence,
    badges: badges(plan),
    asides: notes,
    sections: [
      html`<section><h2>Why</h2>
<ul>${answer.reasons.map((reason) => html`<li>${reason}</li>`)}
${costItem(plan)}</ul></section>`,
      ...planTables(plan).map((table) => section(table, charts[table.title] ?? '')),
      html`<section><h2>What was asked</h2>${questionCard(plan)}</section>`,
    ],
    footer: provenance(meta, {
      what: 'Plan',
      facts: [searchedLine(plan), `seeds ${meta.seeds.join(', ')}`],
    }),
    data: { id: 'fairlead-plan', value: plan },
  });
}

const objectivesCaption =
  'How much of each limit is used: bars are means over the seeds, ticks their 95 % bounds, the red line is the limit.';
const costCaption =
  'Fleets of one kind that were simulated: a circle keeps the SLO, a cross fails. The dashed line is what the answer costs.';

function badges({ meta, question, winner }: Plan): Badge[] {
  const unverified = question.prices.filter(({ verified }) => !verified).length;
  return [
    'simulated',
    question.model,
    countOf(meta.seeds.length, 'seed'),
    ...(winner === null ? [{ text: 'no fleet found', isBad: true }] : []),
    ...(unverified === 0 ? [] : [{ text: countOf(unverified, 'unverified price'), isBad: true }]),
  ];
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
