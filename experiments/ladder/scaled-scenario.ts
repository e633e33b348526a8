import { FairleadError } from '../../core/errors.ts';
import { measuredWindow } from '../../core/measured-window.ts';
import { askedRps } from '../../scenarios/asked-rate.ts';
import { noGrowth } from '../../scenarios/growth.ts';
import type { Scenario, Tenant } from '../../scenarios/scenario.ts';
import type { Capacity } from '../load/capacity.ts';
import { type KnownCapacities, refuseTooMany, resolveLoad } from '../load/resolve-load.ts';
import { canonicalJson } from '../run-id.ts';
import type { LadderAxis } from './rungs.ts';

export interface ScalableScenario {
  /** What the scenario asks for as it is written: the sum of its loads, or of its rates. */
  readonly asked: number;
  /** The same scenario asking for so much in all; every entry keeps its part of the whole. */
  at(place: number): Scenario;
}

/**
 * A scenario whose traffic can be made more or less. Entries that have neither a load nor a rate,
 * as users who wait for their answers, stay as they are. At the load that is written in the file it
 * is the scenario of the file, so runs of a plain comparison are found again.
 */
export function scalableScenario(
  scenario: Scenario,
  axis: LadderAxis,
  capacities?: KnownCapacities,
): ScalableScenario {
  const parts = scenario.traffic.map((tenant) => partOf(scenario, tenant, axis));
  const asked = parts.reduce((sum, part) => sum + part, 0);
  if (asked === 0) throw new FairleadError('USAGE', nothingToScale(scenario, axis));
  // How much the fleet can sustain has nothing to do with how much is asked of it.
  const known = rememberedCapacities(capacities);
  resolveLoad(scenario, known);
  const at = (place: number): Scenario => {
    const traffic = scenario.traffic.map((tenant, index) => {
      const part = parts[index]! / asked;
      if (part === 0 || place === asked) return tenant;
      return axis === 'load'
        ? { ...tenant, load: part * place, loadRate: undefined }
        : { ...tenant, growth: { ...noGrowth, requests: place / asked } };
    });
    const scaled = resolveLoad({ ...scenario, traffic }, known);
    refuseTooMany(scaled);
    return scaled;
  };
  return { asked, at };
}

function partOf(scenario: Scenario, tenant: Tenant, axis: LadderAxis): number {
  if (axis === 'load') return tenant.load ?? 0;
  return tenant.load === undefined ? askedRps(tenant, measuredWindow(scenario)) : 0;
}

function nothingToScale({ name, traffic }: Scenario, axis: LadderAxis): string {
  if (axis === 'load') {
    const hasRate = traffic.some(({ arrivals }) => arrivals !== undefined);
    const advice = hasRate
      ? 'Write --over rate=10..60, in requests/s, or load: 0.75 in place of the rate.'
      : 'Write load: 0.75 beside arrivals without a rate.';
    return `--over load: no traffic of ${name} has a load. ${advice}`;
  }
  const advice = traffic.some(({ load }) => load !== undefined)
    ? 'Write --over load=0.4..1.1.'
    : 'Write arrivals with a rate: users wait for their answers, and a trace says itself when its requests come.';
  return `--over rate: no traffic of ${name} has a rate. ${advice}`;
}

function rememberedCapacities(
  capacities: KnownCapacities = (_scenario, _mix, measure) => measure(),
): KnownCapacities {
  const known = new Map<string, Capacity>();
  return (scenario, mix, measure) => {
    const key = canonicalJson(mix);
    const capacity = known.get(key) ?? capacities(scenario, mix, measure);
    known.set(key, capacity);
    return capacity;
  };
}
