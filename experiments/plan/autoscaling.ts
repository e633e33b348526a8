import { mean } from 'simple-statistics';
import { measuredWindow } from '../../core/measured-window.ts';
import { US_PER_S } from '../../core/time.ts';
import type { PlanAutoscaling, PlanScaled } from '../../reports/plan.ts';
import { round } from '../../reports/round.ts';
import type { RunSummary } from '../../reports/summary.ts';
import { autoscaleSchema, type GroupScaling } from '../../scenarios/gateway-autoscale-schema.ts';
import type { Scenario } from '../../scenarios/scenario.ts';
import { type Fleet, replicasByGroup, replicasOf, scenarioGroup, usdPerHourOf } from './fleet.ts';
import type { FleetJudge } from './judge-fleet.ts';
import { afterLoss, type Losses } from './losses.ts';
import { busiestWindow, type Situation, totalRps } from './situations.ts';
import { smallestCount } from './smallest-count.ts';

/** As a scenario says it of a group, whose bounds come from the fleet. */
export type Scaling = Omit<GroupScaling, 'min' | 'max'>;

/** What the scenario's gateway does with the first of its groups, else what it does by itself. */
export function scalingOf({ gateway }: Scenario): Scaling {
  const [own] = Object.values(gateway.autoscale ?? {});
  if (own !== undefined) return own;
  return autoscaleSchema.parse({ usual: { max: 1, rule: { kind: 'queue-depth' } } })['usual']!;
}

export interface AutoscalingOptions extends Losses {
  /** Whoever is on at the most: it keeps the SLO at the peak. */
  readonly fleet: Fleet;
  readonly scaling: Scaling;
  /** With its curve. */
  readonly scenario: Scenario;
  readonly judgeIn: (situation: Situation) => FleetJudge;
}

/**
 * The fewest replicas that have to be on for the SLO to hold while the traffic follows its curve,
 * and what is saved by it; by bisection, since fewer are no better. Those that may be lost are lost
 * all the time, as they are at the peak, and paid for.
 */
export async function judgeAutoscaling(options: AutoscalingOptions): Promise<PlanAutoscaling> {
  const { fleet, scaling, scenario, survive } = options;
  const told = { rule: scaling.rule.kind, boot: scaling.boot };
  const busiest = busiestWindow(scenario);
  if (busiest === undefined) return { kind: 'no-curve', ...told };
  const all = replicasOf(fleet);
  const tried: PlanScaled[] = [];
  const isEnough = async (minimum: number) => {
    const scaled = await judgeMinimum(minimum, options);
    tried.push(scaled);
    return scaled.verdict.kind === 'keeps';
  };
  const least = await smallestCount({
    least: survive + 1,
    most: all - 1,
    start: Math.ceil(all * startShare(scenario)),
    isEnough,
  });
  tried.sort((a, b) => a.minimum - b.minimum);
  return {
    kind: 'judged',
    ...told,
    fixedUsdPerHour: usdPerHourOf(fleet),
    best: tried.find(({ minimum }) => minimum === least) ?? null,
    tried,
  };
}

async function judgeMinimum(
  minimum: number,
  { judgeIn, scaling, scenario, ...told }: AutoscalingOptions,
): Promise<PlanScaled> {
  const { survive } = told;
  const fleet = afterLoss(told.fleet, told)!;
  const bounds = [...replicasByGroup(fleet)].map(([group, max]) => {
    const min = Math.ceil(((minimum - survive) * max) / replicasOf(fleet));
    return { group, max, min, first: Math.max(min, Math.ceil(max * startShare(scenario))) };
  });
  const autoscale = Object.fromEntries(
    bounds.map(({ group, max, min }) => [group, { ...scaling, max, min }]),
  );
  const situation: Situation = {
    kind: 'autoscaled',
    about: 'all of the scenario, with replicas switched off and on',
    scenario: { ...scenario, gateway: { ...scenario.gateway, autoscale } },
    events: () => [],
    firstReplicas: new Map(bounds.map(({ first, group }) => [group, first])),
  };
  const judge = judgeIn(situation);
  const verdict = await judge.judge(fleet);
  const { replicas, usdPerHour } = onTimes(fleet, judge.runsOf(fleet, situation), scenario);
  const lostUsdPerHour = usdPerHourOf(told.fleet) - usdPerHourOf(fleet);
  return {
    minimum,
    verdict,
    replicas: {
      least: replicas.least + survive,
      mean: round(replicas.mean + survive),
      most: replicas.most + survive,
    },
    usdPerHour: round(usdPerHour + lostUsdPerHour),
  };
}

/** Of the replicas so many are on when the day begins as its first part needs. */
function startShare(scenario: Scenario): number {
  const { fromUs } = measuredWindow(scenario);
  const busiest = busiestWindow(scenario)!;
  const first = { fromUs, untilUs: fromUs + busiest.untilUs - busiest.fromUs };
  return Math.min(1, totalRps(scenario.traffic, first) / totalRps(scenario.traffic, busiest));
}

/** What is paid for, from machine hours; who comes last leaves first, so counts say how many. */
export function onTimes(
  fleet: Fleet,
  runs: readonly RunSummary[],
  { durationUs }: Pick<Scenario, 'durationUs'>,
): Pick<PlanScaled, 'replicas' | 'usdPerHour'> {
  const wholeS = durationUs / US_PER_S;
  const prices = pricesByReplica(fleet);
  const days = runs.map((run) => {
    const shares = run.replicas.map(({ on = wholeS }) => on / wholeS);
    const usd = run.replicas.map(
      ({ on = wholeS, replica }) => (prices.get(replica)! * on) / wholeS,
    );
    return {
      least: shares.filter((share) => share > almostAll).length,
      mean: sumOf(shares),
      most: shares.filter((share) => share > 0).length,
      usdPerHour: sumOf(usd),
    };
  });
  return {
    replicas: {
      least: Math.min(...days.map(({ least }) => least)),
      mean: round(mean(days.map((day) => day.mean))),
      most: Math.max(...days.map(({ most }) => most)),
    },
    usdPerHour: round(mean(days.map((day) => day.usdPerHour))),
  };
}

/** Times are rounded to six figures. */
const almostAll = 1 - 1e-5;

/** In their group those on demand come first, so they are the last to be switched off. */
function pricesByReplica(fleet: Fleet): Map<string, number> {
  const prices = new Map<string, number>();
  for (const group of replicasByGroup(fleet).keys()) {
    const own = fleet.parts.filter(({ card }) => scenarioGroup(card) === group);
    const usd = own.flatMap(({ card, replicas }) =>
      Array.from({ length: replicas }, () => card.usdPerHour),
    );
    for (const [index, price] of usd.entries()) prices.set(`${group}-${index + 1}`, price);
  }
  return prices;
}

function sumOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0);
}
