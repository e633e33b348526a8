import type { StepTimeModel } from '../../sim/step-time/step-time.ts';
import { FleetTwins } from '../../sim/twin/fleet-twins.ts';
import type { TwinOptions } from '../../sim/twin/replica-twin.ts';

/** A step takes 5 ms, 0.1 ms for each sequence, 50 us for each prompt token and a bit for contexts. */
export const plainStepTime: StepTimeModel = {
  stepUs: ({ decodeContext, prefillAttention, prefillTokens, sequences }) =>
    5_000 + 100 * sequences + 50 * prefillTokens + 0.01 * decodeContext + 1e-5 * prefillAttention,
  decodeGrowthUs: (decodeSeqs) => 0.01 * decodeSeqs,
};

export const plainTwin: TwinOptions = {
  stepTime: plainStepTime,
  engines: 1,
  maxNumSeqs: 256,
  maxNumBatchedTokens: 2_048,
  kvTokens: 400_000,
};

export function plainTwins(replicas = 64, given: Partial<TwinOptions> = {}): FleetTwins {
  return new FleetTwins(Array.from({ length: replicas }, () => ({ ...plainTwin, ...given })));
}
