import type { SloClass } from '../core/slo.ts';
import type { Scenario } from './scenario.ts';

/** The entries of a scenario that have objectives of their own, in its order. */
export function sloClasses({ traffic }: Pick<Scenario, 'traffic'>): SloClass[] {
  return traffic.flatMap(({ population, slo, tenant }) =>
    slo === undefined ? [] : [{ tenant, slo, hasPopulation: population !== undefined }],
  );
}
