import type { ValidationRow } from '../calibration/validation-row.ts';
import { balancedGroupsRows } from './balanced-groups.ts';
import { overloadRows } from './overload.ts';
import { prefixRoutingRows } from './prefix-routing.ts';
import { prefixSharingRows } from './prefix-sharing.ts';
import type { PublishedScenarios } from './published-world.ts';

/** What others have published of strategies, against what the simulator says of the same. */
export function validatePublished(scenarios: PublishedScenarios): ValidationRow[] {
  return [
    ...prefixRoutingRows(scenarios),
    ...prefixSharingRows(scenarios),
    ...balancedGroupsRows(scenarios),
    ...overloadRows(scenarios),
  ];
}
