import { US_PER_MS } from '../../core/time.ts';
import type { StepTimeModel } from './step-time.ts';

/** Every step takes the same time: a server as queueing theory knows it. */
export function fixedStepTime({ stepMs }: { stepMs: number }): StepTimeModel {
  const stepUs = stepMs * US_PER_MS;
  return { stepUs: () => stepUs, decodeGrowthUs: () => 0 };
}
