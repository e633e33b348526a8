import { countOf, formatUsd } from '../../reports/format.ts';
import type { Plan } from '../../reports/plan.ts';
import { causeText, shareText, verdictText } from '../../reports/plan-words.ts';
import { autoscalingText, lossesText, spotText } from './explain-options.ts';

type Told = Pick<
  Plan,
  | 'autoscaling'
  | 'cheaper'
  | 'question'
  | 'runnersUp'
  | 'spot'
  | 'strategies'
  | 'whatIfs'
  | 'winner'
> & { readonly seeds: number };

/** The answer as somebody would say it who has to pay for it, and then why it is the answer. */
export function explain(told: Told): Plan['answer'] {
  if (told.winner === null) return explainNone(told);
  const { question, winner } = told;
  const { costs, fleet, headroom, strategy } = winner;
  const loss = lossesText(question, fleet);
  const sentence = `${fleet.text} under ${strategy} ${fleet.replicas === 1 ? 'keeps' : 'keep'} the SLO${rateText(question)}${loss}, for ${formatUsd(costs.usdPerHour)} an hour (${formatUsd(costs.usdPerMonth)} a month).`;
  const reasons = told.cheaper.map(
    (one) =>
      `${one.fleet.text} for ${formatUsd(one.fleet.usdPerHour)} an hour ${verdictText(one.verdict, question.survive)}.`,
  );
  if (told.spot !== undefined) reasons.push(spotText(told.spot, fleet));
  if (told.autoscaling !== undefined) reasons.push(autoscalingText(told.autoscaling, question));
  if (headroom !== null) reasons.push(headroomText(headroom, question.survive));
  const other = told.strategies.filter(({ name }) => name !== strategy).at(-1);
  if (other !== undefined) reasons.push(strategyText(other));
  return { kind: 'found', sentence, reasons };
}

function explainNone({ question, runnersUp, seeds }: Told): Plan['answer'] {
  const [nearest] = runnersUp;
  const limits = `up to ${countOf(question.maxReplicas, 'replica')} of ${countOf(question.maxKinds, 'kind')}`;
  const isOpen = nearest?.verdict.kind === 'undecided';
  const sentence = isOpen
    ? `With ${seeds} seeds no fleet of ${limits} is sure to keep the SLO${rateText(question)}; ${nearest!.fleet.text} may.`
    : `No fleet of ${limits} keeps the SLO${rateText(question)}.`;
  const reasons = runnersUp.map(
    ({ fleet, verdict }) =>
      `${fleet.text} for ${formatUsd(fleet.usdPerHour)} an hour ${verdictText(verdict, question.survive)}.`,
  );
  const { leftOut } = question;
  if (runnersUp.length === 0) reasons.push(...leftOut.map((one) => `${one.gpu}: ${one.reason}.`));
  if (isOpen) reasons.push(`Take --seeds ${2 * seeds}.`);
  return { kind: isOpen ? 'undecided' : 'none', sentence, reasons };
}

function rateText({ situations }: Plan['question']): string {
  const rps = situations[0]?.requestsPerS;
  return rps == null ? '' : ` at ${Number(rps.toPrecision(3))} requests/s`;
}

function headroomText(
  { breaksFirst, isAtLeast, share }: NonNullable<NonNullable<Plan['winner']>['headroom']>,
  survive: number,
): string {
  const percent = `${(100 * share).toFixed(0)} %`;
  if (isAtLeast) return `It takes ${percent} more traffic; beyond that nothing was tried.`;
  const first =
    breaksFirst === null ? '' : ` What breaks first: ${causeText(breaksFirst, survive)}.`;
  return `It takes ${percent} more traffic.${first}`;
}

function strategyText({ costShare, fleet, name }: Plan['strategies'][number]): string {
  if (fleet === null) return `Under ${name} no such fleet within the limits keeps the SLO.`;
  if (costShare === 0) return `Under ${name} the same fleet would do.`;
  return `Under ${name} it takes ${fleet.text}: ${shareText(costShare!)} of cost.`;
}
