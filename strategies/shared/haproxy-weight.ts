import type { ReplicaView } from '../strategy.ts';

/** HAProxy reckons in sixteenths of a weight (BE_WEIGHT_SCALE), and weights end at 256. */
export const weightScale = 16;
export const maxEffectiveWeight = 256 * weightScale;

/** A whole number, and never zero, which would mean that it must get nothing. */
export function effectiveWeight({ weight }: ReplicaView): number {
  return Math.max(1, Math.round(weightScale * weight));
}
