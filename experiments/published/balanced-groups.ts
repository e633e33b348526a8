import type { ValidationRow } from '../calibration/validation-row.ts';
import { compared, inOrder, ratioLimits } from './published-row.ts';
import { measure, type PublishedScenarios } from './published-world.ts';

const source = 'LMSYS, "SGLang v0.4", cache-aware load balancer, 2024';

/** Only the two factors are known, not the benchmark, so that the order counts. */
export function balancedGroupsRows(scenarios: PublishedScenarios): ValidationRow[] {
  const scenario = scenarios('balanced-groups');
  const inTurn = measure(scenario, { name: 'round-robin', options: {} });
  const cacheAware = measure(scenario, { name: 'cache-aware', options: {} });
  return [
    inOrder({
      name: 'R5: cache-aware yields more tokens than round-robin',
      more: cacheAware.outputTokensPerS,
      less: inTurn.outputTokensPerS,
      source,
    }),
    inOrder({
      name: 'R5: cache-aware finds more in the caches than round-robin',
      more: cacheAware.hitShare,
      less: inTurn.hitShare,
      source,
    }),
    compared({
      name: 'R5: tokens/s, cache-aware / round-robin',
      measured: cacheAware.outputTokensPerS / inTurn.outputTokensPerS,
      published: 1.9,
      limit: ratioLimits.usual,
      source,
    }),
    compared({
      name: 'R5: hits, cache-aware / round-robin',
      measured: cacheAware.hitShare / inTurn.hitShare,
      published: 3.8,
      limit: ratioLimits.usual,
      source,
    }),
  ];
}
