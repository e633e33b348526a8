import { FairleadError } from '../../core/errors.ts';
import { measuredWindow } from '../../core/measured-window.ts';
import { US_PER_S } from '../../core/time.ts';
import { round } from '../../reports/round.ts';
import { askedRps, mostRequests } from '../../scenarios/asked-rate.ts';
import {
  type LoadRate,
  type Scenario,
  type Tenant,
  withLoadRates,
} from '../../scenarios/scenario.ts';
import { canonicalJson } from '../run-id.ts';
import { type Capacity, measureCapacity } from './capacity.ts';

/** Has the capacity for a mix of traffic at hand, or else has it measured. */
export type KnownCapacities = (
  scenario: Scenario,
  mix: object,
  measure: () => Capacity,
) => Capacity;

/**
 * Turns the loads of a scenario into rates, once for all runs of it. Each entry has its share of
 * what the fleet can sustain of its own traffic, so the shares add up to how busy the fleet is. The
 * mean of a curve is taken over the measured window, where the results come from.
 */
export function resolveLoad(
  scenario: Scenario,
  capacities: KnownCapacities = (_scenario, _mix, measure) => measure(),
): Scenario {
  const isOpen = ({ load, loadRate }: Tenant) => load !== undefined && loadRate === undefined;
  if (!scenario.traffic.some(isOpen)) return scenario;
  const known = new Map<string, Capacity>();
  const capacityOf = (tenant: Tenant): Capacity => {
    const { arrivals: _arrivals, load: _load, tenant: _name, ...mix } = tenant;
    const key = canonicalJson(mix);
    const capacity =
      known.get(key) ?? capacities(scenario, mix, () => measureCapacity(scenario, tenant));
    known.set(key, capacity);
    return capacity;
  };
  const rates = scenario.traffic.map((tenant) =>
    isOpen(tenant) ? loadRateOf(scenario, tenant, capacityOf) : undefined,
  );
  const resolved = withLoadRates(scenario, rates);
  refuseTooMany(resolved);
  return resolved;
}

function loadRateOf(
  scenario: Scenario,
  tenant: Tenant,
  capacityOf: (tenant: Tenant) => Capacity,
): LoadRate {
  const { load, tenant: name } = tenant;
  const capacity = capacityOf(tenant);
  const { requestsPerJob } = capacity;
  const capacityRps = round(capacity.rps);
  if (!(capacityRps > 0) || capacityRps === Number.POSITIVE_INFINITY) {
    const message = `${scenario.name}: the fleet answers no request of "${name}", so a load of ${load} is no rate. Write shorter requests, a larger maxModelLen, or a rate.`;
    throw new FairleadError('SCENARIO_INVALID', message);
  }
  const shapeRps = askedRps(tenant, measuredWindow(scenario));
  const rps = load! * capacityRps;
  return { rps, capacityRps, requestsPerJob, factor: rps / shapeRps };
}

/** Before a run is begun that would never end. */
export function refuseTooMany({ durationUs, name, traffic, warmupUs }: Scenario): void {
  const untilUs = warmupUs + durationUs;
  const rps = traffic.reduce((sum, tenant) => sum + askedRps(tenant, { fromUs: 0, untilUs }), 0);
  const requests = (rps * untilUs) / US_PER_S;
  if (requests <= mostRequests) return;
  const [asked, most] = [requests, mostRequests].map((count) => Number((count / 1e6).toFixed(1)));
  const message = `${name}: its traffic asks for about ${asked} million requests, and a run holds at most ${most} million. Write a lower load or rate, or a shorter duration.`;
  throw new FairleadError('SCENARIO_INVALID', message);
}
