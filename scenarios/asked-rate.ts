import type { MeasuredWindow } from '../core/measured-window.ts';
import { createPlugin } from '../core/plugin.ts';
import { randomStream } from '../core/random.ts';
import { arrivals } from './arrivals/registry.ts';
import type { Tenant } from './scenario.ts';

/** What fits into one run. */
export const mostRequests = 10_000_000;

/**
 * What the options ask for; no chance has a part in it. Of jobs, how many begin. How fast users
 * come back is up to the fleet. Of a load that is not yet a rate, only the shape counts.
 */
export function askedRps(
  { arrivals: options, growth, loadRate }: Pick<Tenant, 'arrivals' | 'growth' | 'loadRate'>,
  window: MeasuredWindow,
): number {
  if (options === undefined) return 0;
  const chance = (purpose: string) => randomStream(0, purpose);
  const rateFactor = (loadRate?.factor ?? 1) * (growth?.requests ?? 1);
  return createPlugin(arrivals, options, { chance, rateFactor }).meanRps(window);
}
