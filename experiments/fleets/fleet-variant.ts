import { formatUsd } from '../../reports/format.ts';
import { round } from '../../reports/round.ts';
import type { FleetGroup, Scenario } from '../../scenarios/scenario.ts';
import { usdPerGpuHour } from '../../sim/catalog/prices.ts';
import { enginesOf } from '../../sim/fleet-facts.ts';

/** Machines that a scenario is played on in place of its own. */
export interface FleetVariant {
  /** As it was asked for: "4xA100-80GB-SXM". */
  readonly label: string;
  readonly fleet: readonly FleetGroup[];
}

/** The same traffic, whose loads are rates by now, on other machines. */
export function onFleet(scenario: Scenario, { fleet }: FleetVariant): Scenario {
  return { ...scenario, fleet };
}

/** Where the price of each GPU comes from, and how old it is. */
export function pricesOfFleet({ fleet }: Pick<FleetVariant, 'fleet'>): string[] {
  const gpus = [...new Set(fleet.map(({ gpu }) => gpu))];
  return gpus.map((gpu) => {
    const known = usdPerGpuHour(gpu);
    if (known === undefined) return `${gpu}: nobody quotes a price`;
    const { price, usd } = known;
    const doubt = price.verified ? '' : ', not verified';
    return `${gpu}: ${formatUsd(usd)} an hour (${price.tier}, ${price.date}, ${price.source}${doubt})`;
  });
}

/** All of its GPUs; null where nobody quotes one of them. */
export function usdPerHour({ fleet }: Pick<FleetVariant, 'fleet'>): number | null {
  let sum = 0;
  for (const group of fleet) {
    const price = usdPerGpuHour(group.gpu);
    if (price === undefined) return null;
    sum += price.usd * group.replicas * enginesOf(group) * group.engine.tensorParallelSize;
  }
  return round(sum);
}
