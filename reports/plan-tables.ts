import { formatCount, formatNumber, formatUsd } from './format.ts';
import type { JudgedFleet, Plan, PlanCheck, PlanPrice } from './plan.ts';
import { shareText, situationText, valueText, verdictText } from './plan-words.ts';

/** Columns under a title, the first row being their heads. */
export interface PlanTable {
  readonly title: string;
  readonly note: string;
  readonly rows: readonly (readonly string[])[];
}

/** Everything of a plan that is a table, for the terminal, for Markdown and for the page. */
export function planTables(plan: Plan): PlanTable[] {
  return [
    fleetsTable(plan),
    objectivesTable(plan),
    autoscalingTable(plan),
    whatIfsTable(plan),
    strategiesTable(plan),
    uniformTable(plan),
    pricesTable(plan),
    leftOutTable(plan),
  ].filter(({ rows }) => rows.length > 1);
}

function fleetsTable({ cheaper, question, runnersUp, spot, winner }: Plan): PlanTable {
  const judged: JudgedFleet[] = [...(winner === null ? [] : [winner]), ...runnersUp, ...cheaper];
  const onDemand = spot?.onDemand;
  const isKnown = judged.some(({ fleet }) => fleet.text === onDemand?.fleet.text);
  if (onDemand && !isKnown) judged.push(onDemand);
  const inOrder = judged.sort((a, b) => a.fleet.usdPerHour - b.fleet.usdPerHour);
  const rows = inOrder.map((one) => [
    one.fleet.text,
    formatUsd(one.fleet.usdPerHour),
    winner === null ? '–' : against(one.fleet.usdPerHour / winner.fleet.usdPerHour - 1),
    one === winner ? 'the answer' : verdictText(one.verdict, question.survive),
  ]);
  return {
    title: 'Fleets',
    note: 'By cost, with what else keeps the SLO, and why what is cheaper does not.',
    rows: [['fleet', '$/hour', 'cost', 'verdict'], ...rows],
  };
}

function objectivesTable({ question, winner }: Plan): PlanTable {
  const rows = (winner?.verdict.checks ?? []).map((check) => [
    check.text,
    situationText(check.situation, question.survive),
    valueText(check),
    check.bound === null ? '–' : valueText({ ...check, mean: check.bound }),
    leftText(check),
  ]);
  return {
    title: 'The answer against its SLO',
    note: 'Means over the seeds, and what they are within with 95 % confidence.',
    rows: [['objective', 'when', 'mean', 'bound', 'left'], ...rows],
  };
}

function autoscalingTable({ autoscaling, question, winner }: Plan): PlanTable {
  const isJudged = autoscaling?.kind === 'judged';
  const [tried, fixed] = isJudged ? [autoscaling.tried, autoscaling.fixedUsdPerHour] : [[], 0];
  const rows = tried.map(({ minimum, replicas, usdPerHour, verdict }) => [
    String(minimum),
    `${replicas.least} to ${replicas.most}, mean ${replicas.mean.toFixed(1)}`,
    formatUsd(usdPerHour),
    against(usdPerHour / fixed - 1),
    verdictText(verdict, question.survive),
  ]);
  const all = String(winner?.fleet.replicas);
  const still = isJudged ? [[all, all, formatUsd(fixed), 'the same', 'keeps the SLO']] : [];
  const rule = autoscaling && `by ${autoscaling.rule}, ${autoscaling.boot} to boot`;
  const lost =
    question.survive === 0 ? '' : ' What may be lost is lost all the time, and paid for.';
  return {
    title: 'Autoscaling',
    note: `The answer over the whole scenario, with replicas switched off and on ${rule}.${lost}`,
    rows: [['at least', 'on', '$/hour', 'cost', 'verdict'], ...rows, ...still],
  };
}

function leftText({ headroomShare }: PlanCheck): string {
  return headroomShare === null ? '–' : `${(100 * headroomShare).toFixed(0)} %`;
}

function whatIfsTable({ whatIfs }: Plan): PlanTable {
  const rows = whatIfs.map(({ costShare, fleet, holds, what }) => [
    what,
    holds ? 'still keeps the SLO' : 'breaks it',
    fleet?.text ?? 'no fleet within the limits',
    costShare === null ? '–' : against(costShare),
  ]);
  return {
    title: 'What if',
    note: 'Whether the answer holds, and else how many more of its main kind it takes: estimates, by the means over half of the seeds.',
    rows: [['what if', 'the answer', 'needed', 'cost'], ...rows],
  };
}

function strategiesTable({ strategies }: Plan): PlanTable {
  const rows = strategies.map(({ costShare, fleet, name }) => [
    name,
    fleet?.text ?? 'no such fleet within the limits',
    fleet === null ? '–' : formatUsd(fleet.usdPerHour),
    costShare === null ? '–' : against(costShare),
  ]);
  return {
    title: 'Strategies',
    note: 'What each needs of the main kind of the answer, judged as the answer is, but in the hardest situation alone.',
    rows: [['strategy', 'needed', '$/hour', 'cost'], ...rows],
  };
}

function uniformTable({ uniform }: Plan): PlanTable {
  const rows = uniform.map(({ card, needs, usdPerHourEach }) => {
    const each = [card, formatUsd(usdPerHourEach)];
    if (needs.kind === 'none') return [...each, `too many: ${needs.reason}`, '–'];
    if (needs.kind === 'keeps') {
      return [...each, String(needs.fleet.replicas), formatUsd(needs.fleet.usdPerHour)];
    }
    return [...each, `at least ${needs.replicas}`, `from ${formatUsd(needs.usdPerHour)}`];
  });
  return {
    title: 'One kind alone',
    note: '"At least" is by bare capacity: more was not asked, because it is no cheaper than the answer.',
    rows: [['replica', '$/hour each', 'needed', '$/hour'], ...rows],
  };
}

function pricesTable({ question }: Plan): PlanTable {
  const rows = question.prices.map((price) => [
    rentedText(price),
    `${price.usdPerGpuHour.toFixed(2)}${price.verified ? '' : '?'}`,
    price.tier,
    price.date,
    price.source,
  ]);
  return {
    title: 'Prices',
    note: 'Middle of the range of the tier. A question mark is a list price from memory: give your own with --price.',
    rows: [['GPU', '$/GPU-hour', 'tier', 'date', 'source'], ...rows],
  };
}

/** A GPU, and whether it is rented on spot. */
function rentedText({ gpu, market }: Pick<PlanPrice, 'gpu' | 'market'>): string {
  return market === undefined ? gpu : `${gpu} ${market}`;
}

function leftOutTable({ question }: Plan): PlanTable {
  return {
    title: 'Not looked at',
    note: 'Name a GPU with --gpus, or give it a price, to have it in.',
    rows: [['GPU', 'why'], ...question.leftOut.map(({ gpu, reason }) => [gpu, reason])],
  };
}

function against(share: number): string {
  return Math.abs(share) < 0.0005 ? 'the same' : shareText(share);
}

/** What the tokens of the answer cost. */
export function costLine({ winner }: Plan): string | undefined {
  if (winner === null) return undefined;
  const { usdPerMillionOutputTokens: output, usdPerMillionTokens: all } = winner.costs;
  if (output === null || all === null) return undefined;
  return `$${formatNumber(output)} for a million output tokens; $${formatNumber(all)} for a million of prompts and answers together, at this traffic`;
}

/** What was asked, in a line. */
export function questionLine({ meta, question }: Plan): string {
  const { model, name, slo, strategy } = question;
  return `${name}: ${model}; SLO ${slo.join(', ')}; searched with ${strategy}, ${meta.seeds.length} seeds`;
}

export function searchedLine({ searched }: Plan): string {
  const [candidates, judged, runs] = [searched.candidates, searched.judged, searched.runs].map(
    formatCount,
  );
  return `${candidates} fleets within the limits, ${judged} judged, ${runs} runs`;
}
