import type { LoadFigures } from '../../reports/load-text.ts';
import { round } from '../../reports/round.ts';
import type { LoadRate } from '../../scenarios/scenario.ts';

/** For results, to as many digits as they deserve. */
export function loadFigures(share: number, rate: LoadRate): LoadFigures {
  return {
    share,
    rps: round(rate.rps),
    capacityRps: round(rate.capacityRps),
    requestsPerJob: round(rate.requestsPerJob),
  };
}
