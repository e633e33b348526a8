import { countOf, formatUsd } from '../../reports/format.ts';
import type { Plan, PlanAutoscaling, PlanFleet, PlanSpot } from '../../reports/plan.ts';
import { causeText, shareText } from '../../reports/plan-words.ts';

/** What was lost when the fleet was judged. */
export function lossesText({ reclaimShare, survive }: Plan['question'], fleet: PlanFleet): string {
  const replicas = survive === 1 ? 'one replica' : `${survive} replicas`;
  const isSpot = fleet.groups.some(({ market }) => market === 'spot');
  const share = `${Math.round(100 * (reclaimShare ?? 0))} %`;
  const losses = [
    ...(survive === 0 ? [] : [`${replicas} lost`]),
    ...(isSpot ? [`${share} of the spot replicas of a kind taken back at once`] : []),
  ];
  return losses.length === 0 ? '' : `, even with ${losses.join(' or ')}`;
}

/** What it is worth to rent on spot. */
export function spotText(
  { onDemand, savesShare, savesUsdPerHour }: PlanSpot,
  answer: PlanFleet,
): string {
  if (onDemand === null) return 'Without spot no fleet within the limits keeps the SLO.';
  const { fleet } = onDemand;
  if (fleet.text === answer.text) return 'Spot saves nothing: the cheapest fleet is without it.';
  const saved = `${formatUsd(savesUsdPerHour!)} an hour, ${(100 * savesShare!).toFixed(0)} %`;
  return `Spot saves ${saved}: without it the cheapest is ${fleet.text} for ${formatUsd(fleet.usdPerHour)} an hour.`;
}

/** What it is worth to switch replicas off, and by which minimum. */
export function autoscalingText(scaling: PlanAutoscaling, { survive }: Plan['question']): string {
  const how = `Autoscaling by ${scaling.rule}, with ${scaling.boot} to boot,`;
  if (scaling.kind === 'no-curve') {
    return 'Autoscaling changes nothing: the traffic follows no curve, so every replica is on all the time.';
  }
  const { best, fixedUsdPerHour, tried } = scaling;
  const below = tried.filter(({ minimum }) => minimum < (best?.minimum ?? Infinity)).at(-1);
  const why =
    below?.verdict.cause == null
      ? ''
      : ` With ${below.minimum} at the least ${causeText(below.verdict.cause, survive)}.`;
  if (best === null) {
    if (tried.length === 0) return `${how} saves nothing: no replica can be done without.`;
    return `${how} does not keep the SLO unless every replica is on all the time.${why}`;
  }
  const { least, most } = best.replicas;
  const share = shareText(best.usdPerHour / fixedUsdPerHour - 1);
  const on = least === most ? 'never more' : `${least} to ${most}`;
  return `${how} keeps the SLO with at least ${countOf(best.minimum, 'replica')} on: there were ${on}, for ${formatUsd(best.usdPerHour)} an hour on average instead of ${formatUsd(fixedUsdPerHour)} (${share}).${why}`;
}
