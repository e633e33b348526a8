import type { GatewayRequest } from '../gateway-request.ts';
import type { GatewayPolicy } from '../policy.ts';

/** When a request that begins to wait now has waited too long; infinity for never. */
export function latestDispatchUs(
  { queue, timeouts }: GatewayPolicy,
  { arrivalUs, limits }: GatewayRequest<unknown>,
  nowUs: number,
): number {
  let latestUs = arrivalUs + (timeouts?.totalUs ?? Number.POSITIVE_INFINITY);
  if (queue === undefined) return latestUs;
  latestUs = Math.min(latestUs, nowUs + queue.maxWaitUs);
  return queue.shedLate ? Math.min(latestUs, arrivalUs + limits.ttftUs) : latestUs;
}
