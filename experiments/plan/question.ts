import { FairleadError } from '../../core/errors.ts';
import { measuredWindow } from '../../core/measured-window.ts';
import type { Threshold } from '../../core/slo.ts';
import { formatDurationUs } from '../../core/time.ts';
import { countOf } from '../../reports/format.ts';
import { fixedInTime, withGrowth } from '../../scenarios/growth.ts';
import type { Scenario, StrategyChoice } from '../../scenarios/scenario.ts';
import { withoutRepeats } from '../compare.ts';
import { type KnownCapacities, resolveLoad } from '../load/resolve-load.ts';
import { type Scaling, scalingOf } from './autoscaling.ts';
import { measureNeeds } from './bounds.ts';
import type { Limits } from './candidates.ts';
import { objectivesOf } from './checks.ts';
import { type CardOptions, type ChosenCards, chooseCards } from './choose-cards.ts';
import { type Card, scenarioGroup } from './fleet.ts';
import { type Losses, mostMissedBy, reclaimOfShare } from './losses.ts';
import {
  busiestWindow,
  enoughRequests,
  type Situation,
  situationsOf,
  totalRps,
} from './situations.ts';
import { type SpotOptions, withSpot } from './spot-cards.ts';

export interface PlanOptions extends Omit<CardOptions, 'scenario'> {
  readonly scenario: Scenario;
  /** In place of the scenario's own. */
  readonly slo?: readonly Threshold[] | undefined;
  /** Requests, or beginnings of jobs, of all tenants together; the scenario's when left out. */
  readonly rateRps?: number | undefined;
  readonly maxReplicas: number;
  readonly maxKinds: number;
  readonly budgetUsdPerHour?: number | undefined;
  /** Replicas that may be lost. */
  readonly survive: number;
  /** Replicas may be rented on spot as well. */
  readonly spot?: SpotOptions | undefined;
  /** Whether replicas may be switched off where the traffic follows a curve. */
  readonly autoscale?: boolean | undefined;
  /** The scenario's when left out. */
  readonly strategies?: readonly StrategyChoice[] | undefined;
  readonly seeds: readonly number[];
  readonly version: string;
  readonly capacities?: KnownCapacities | undefined;
}

/** What is asked, with everything measured that the search needs to begin. */
export interface PlanQuestion extends ChosenCards, Losses {
  /** With its loads as rates of its own fleet, so that they are the same for every candidate. */
  readonly scenario: Scenario;
  readonly limits: Limits;
  readonly needs: ReadonlyMap<string, number>;
  readonly situations: readonly Situation[];
  /** If replicas may be switched off. */
  readonly scaling?: Scaling | undefined;
  /** What the search is made with, and what else is raced on what it finds. */
  readonly strategy: StrategyChoice;
  readonly strategies: readonly StrategyChoice[];
  readonly seeds: readonly number[];
  readonly version: string;
  readonly notes: readonly string[];
}

const ours = 'predicted-finish';

export function planQuestion(options: PlanOptions): PlanQuestion {
  const { capacities, maxKinds, maxReplicas, seeds, spot, survive, version } = options;
  const scenario = askedScenario(options);
  const strategies = withoutRepeats(options.strategies ?? scenario.strategies);
  const chosen = chooseCards({ ...options, scenario });
  const peak = situationsOf({ scenario, survive, mostMissed: () => '' }).at(0)!.scenario;
  const onDemandNeeds = measureNeeds(chosen.cards, peak, capacities);
  const priced = spot === undefined ? chosen : withSpot(chosen, spot, options.tier);
  const needs = new Map(
    priced.cards.map((card) => [card.group, onDemandNeeds.get(scenarioGroup(card))!]),
  );
  const losses = lossesOf(options, needs);
  const situations = situationsOf({ scenario, ...losses });
  return {
    ...priced,
    ...losses,
    scenario,
    limits: {
      minReplicas: survive + 1,
      maxReplicas,
      maxKinds,
      budgetUsdPerHour: options.budgetUsdPerHour,
    },
    needs,
    situations,
    strategy: strategies.find(({ name }) => name === ours) ?? strategies[0]!,
    strategies,
    ...(options.autoscale ? { scaling: scalingOf(options.scenario) } : {}),
    seeds,
    version,
    notes: notesOn({ ...options.scenario, traffic: scenario.traffic }, peak, options),
  };
}

/** The scenario as the candidates meet it; what speaks of its own replicas is left out. */
function askedScenario({ capacities, rateRps, scenario, slo }: PlanOptions): Scenario {
  const { autoscale: _autoscale, ...gateway } = scenario.gateway;
  const resolved = resolveLoad(scenario, capacities);
  const own = { ...resolved, gateway, events: [], slo: slo ?? scenario.slo };
  if (objectivesOf(own).length === 0) {
    const message = `${scenario.name} has no slo, so every fleet would do. Write --slo "ttft.p99 < 2s", or slo in the scenario.`;
    throw new FairleadError('USAGE', message);
  }
  if (rateRps === undefined) return own;
  const untimed = fixedInTime(own)?.tenant ?? own.traffic.find(({ users }) => users)?.tenant;
  if (untimed !== undefined) {
    const message = `--rate cannot change when "${untimed}" sends: its trace or its users decide. Write another rateScale or other users in the scenario.`;
    throw new FairleadError('USAGE', message);
  }
  const rps = totalRps(own.traffic, measuredWindow(own));
  return withGrowth(own, { requests: rateRps / rps, promptTokens: 1 });
}

/** A replica is worth what it can do; where nobody knows, what it costs. */
function lossesOf(
  { spot, survive }: Pick<PlanOptions, 'spot' | 'survive'>,
  needs: ReadonlyMap<string, number>,
): Losses {
  const worthOf = ({ group, usdPerHour }: Card) => {
    const need = needs.get(group) ?? 0;
    return need > 0 ? 1 / need : usdPerHour;
  };
  const mostMissed = mostMissedBy(worthOf);
  if (spot === undefined) return { survive, mostMissed };
  return { survive, mostMissed, reclaim: reclaimOfShare(spot.reclaimShare, worthOf) };
}

function notesOn(scenario: Scenario, peak: Scenario, { autoscale }: PlanOptions): string[] {
  const { events, fleet, gateway } = scenario;
  const notes: string[] = [];
  if (events.length > 0) {
    notes.push('The events of the scenario are about its own fleet, and are left out.');
  }
  if (gateway.autoscale !== undefined && !autoscale) {
    notes.push('Autoscaling of the scenario is left out: every fleet here is on all the time.');
  }
  if (fleet.some(({ disaggregation }) => disaggregation !== undefined)) {
    notes.push('Replicas are planned as single engines, without pools for prompts and answers.');
  }
  if (busiestWindow(scenario) === undefined && peak.durationUs < scenario.durationUs) {
    const [from, to] = [scenario.durationUs, peak.durationUs].map(formatDurationUs);
    const enough = countOf(enoughRequests, 'request');
    notes.push(`Windows are ${to} instead of ${from}, which is enough for ${enough}.`);
  }
  if (fixedInTime(scenario) !== undefined) {
    notes.push('A trace with times of its own cannot grow, so nothing is said of more traffic.');
  }
  return notes;
}
