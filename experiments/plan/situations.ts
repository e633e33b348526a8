import { type MeasuredWindow, measuredWindow } from '../../core/measured-window.ts';
import { formatDurationUs, US_PER_S } from '../../core/time.ts';
import type { SituationKind } from '../../reports/plan.ts';
import { askedRps } from '../../scenarios/asked-rate.ts';
import type { FleetEvent } from '../../scenarios/fleet-events.ts';
import type { FleetGroup, Scenario, Tenant } from '../../scenarios/scenario.ts';
import { type Fleet, fleetGroups } from './fleet.ts';
import { lossOf, lossText, reclaimOf, reclaimText } from './loss-events.ts';
import type { Losses } from './losses.ts';

/** What a fleet has to go through. */
export interface Situation {
  readonly kind: SituationKind;
  readonly about: string;
  /** Its traffic, SLO and times, with whatever fleet. */
  readonly scenario: Scenario;
  /** What happens to a fleet in it. */
  readonly events: (fleet: Fleet) => FleetEvent[];
  /** Whether it can happen to a fleet; to every one when left out. */
  readonly concerns?: (fleet: Fleet) => boolean;
  /** By group with how many it begins, where the gateway switches them off and on. */
  readonly firstReplicas?: ReadonlyMap<string, number> | undefined;
  /** Options of every engine in place of its own. */
  readonly engine?: Partial<FleetGroup['engine']> | undefined;
}

/** The scenario to simulate for a fleet. */
export function scenarioFor(situation: Situation, fleet: Fleet): Scenario {
  const { engine, events, firstReplicas, scenario } = situation;
  const groups = fleetGroups(fleet).map((group) => {
    const replicas = firstReplicas?.get(group.name) ?? group.replicas;
    const own = engine === undefined ? group.engine : { ...group.engine, ...engine };
    return { ...group, replicas, engine: own };
  });
  return { ...scenario, fleet: groups, events: events(fleet) };
}

export interface SituationOptions extends Losses {
  /** Its loads are rates already. */
  readonly scenario: Scenario;
}

/** Hardest first: most fleets that fail do so in the first. */
export function situationsOf({ scenario, ...losses }: SituationOptions): Situation[] {
  const { reclaim, survive } = losses;
  const busiest = busiestWindow(scenario);
  const peak = shortened(steadyAt(scenario, busiest));
  const situations: Situation[] = [];
  if (reclaim !== undefined) {
    situations.push({
      kind: 'reclaim',
      about: reclaimText(reclaim),
      scenario: peak,
      events: (fleet) => reclaimOf(fleet, reclaim, peak),
      concerns: (fleet) => reclaim.lost(fleet) !== undefined,
    });
  }
  if (survive > 0) {
    situations.push({
      kind: 'n-1',
      about: lossText(survive),
      scenario: peak,
      events: (fleet) => [lossOf(fleet, losses, peak)],
    });
  }
  const isDay = busiest !== undefined;
  const about = isDay ? 'the busiest part of the scenario, all the time' : 'the traffic as it is';
  situations.push({ kind: 'peak', about, scenario: peak, events: () => [] });
  if (isDay) {
    const whole = `all of the scenario, ${formatDurationUs(scenario.durationUs)}`;
    situations.push({ kind: 'day', about: whole, scenario, events: () => [] });
  }
  return situations;
}

/** What is left when as much is lost as may be; of fleets on demand that is one situation. */
export function hardestOf(situations: readonly Situation[]): readonly Situation[] {
  const first = situations.findIndex(({ concerns }) => concerns === undefined);
  return situations.slice(0, first + 1);
}

/** Part of the measured window for which the busiest one is looked. */
const parts = 48;
const leastUs = 600 * US_PER_S;
/** A rate above zero, as the schema wants it, for whoever is silent at the peak. */
const leastRps = 1e-6;
/** A rate that moves less than this has no peak to speak of. */
const clearlyBusier = 1.05;

/** Where the curves of the traffic are highest together; undefined where they are flat. */
export function busiestWindow(scenario: Scenario): MeasuredWindow | undefined {
  const window = measuredWindow(scenario);
  const lengthUs = Math.max(leastUs, scenario.durationUs / parts);
  if (lengthUs >= scenario.durationUs) return undefined;
  let busiest: MeasuredWindow | undefined;
  let mostRps = clearlyBusier * totalRps(scenario.traffic, window);
  for (let fromUs = window.fromUs; fromUs + lengthUs <= window.untilUs; fromUs += lengthUs / 2) {
    const part = { fromUs, untilUs: fromUs + lengthUs };
    const rps = totalRps(scenario.traffic, part);
    if (rps <= mostRps) continue;
    busiest = part;
    mostRps = rps;
  }
  return busiest;
}

/** Requests and beginnings of jobs; users and traces with times of their own are not in it. */
export function totalRps(traffic: readonly Tenant[], window: MeasuredWindow): number {
  return traffic.reduce((sum, tenant) => sum + askedRps(tenant, window), 0);
}

function steadyAt(scenario: Scenario, busiest: MeasuredWindow | undefined): Scenario {
  if (busiest === undefined) return scenario;
  const traffic = scenario.traffic.map((entry) => {
    const { growth, load: _load, loadRate: _loadRate, ...tenant } = entry;
    if (tenant.arrivals === undefined) return entry;
    const rate = Math.max(leastRps, askedRps(entry, busiest) / (growth?.requests ?? 1));
    return { ...tenant, growth, arrivals: { ...tenant.arrivals, rate } };
  });
  return { ...scenario, traffic, durationUs: busiest.untilUs - busiest.fromUs };
}

/** A hundred of them lie beyond p99; a plan asks for hundreds of runs. */
export const enoughRequests = 10_000;
const leastWindowUs = 60 * US_PER_S;

/** The same for a shorter time, where its window holds many more requests than are needed. */
export function shortened(scenario: Scenario): Scenario {
  const rps = totalRps(scenario.traffic, measuredWindow(scenario));
  const enoughUs = Math.max(leastWindowUs, (enoughRequests / rps) * US_PER_S);
  if (!(enoughUs < scenario.durationUs)) return scenario;
  const durationUs = Math.ceil(enoughUs / US_PER_S) * US_PER_S;
  const warmupUs = Math.min(scenario.warmupUs, Math.max(leastWindowUs, durationUs / 2));
  return { ...scenario, durationUs, warmupUs };
}
