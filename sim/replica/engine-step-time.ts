import type { EngineOptions } from '../../scenarios/scenario.ts';
import { type ChosenStepTime, chooseStepTime } from '../step-time/choose.ts';
import { fixedStepTime } from '../step-time/fixed.ts';
import { captureSizes } from '../step-time/graph-padding.ts';
import type { StepErrors } from '../step-time/profile.ts';
import type { StepTimeModel } from '../step-time/step-time.ts';
import { checkUserProfile } from '../step-time/user-profile.ts';
import type { EngineMemory } from './engine-memory.ts';
import { vllmProfiles } from './vllm-profiles.ts';

/** How long the steps of an engine take, what that rests on, and how far off it may be. */
export interface EngineStepTime {
  readonly model: StepTimeModel;
  readonly basis: ChosenStepTime['basis'] | 'fixed';
  /** In words, for people. */
  readonly source: string;
  /** Mean error of a step on measurements the fit has not seen; absent where there are none. */
  readonly expectedErrorPct: StepErrors | undefined;
}

/** The options of an engine that its step times depend on. */
export type StepTimeUse = Pick<
  EngineOptions,
  'stepTime' | 'tensorParallelSize' | 'vllmProfile' | 'kvCacheDtype' | 'asyncScheduling'
>;

export function engineStepTime(
  engine: StepTimeUse,
  memory: Pick<EngineMemory, 'gpu' | 'model' | 'weightFormat' | 'maxNumSeqs'>,
): EngineStepTime {
  const { gpu, maxNumSeqs, model, weightFormat } = memory;
  const { kvCacheDtype, stepTime, tensorParallelSize, vllmProfile } = engine;
  if (stepTime.kind === 'fixed') {
    const source = 'fixed by the scenario';
    return { model: fixedStepTime(stepTime), basis: 'fixed', source, expectedErrorPct: undefined };
  }
  const chosen = chooseStepTime({
    gpu,
    model,
    tensorParallelSize,
    engineVersion: vllmProfile,
    asyncScheduling: engine.asyncScheduling ?? vllmProfiles[vllmProfile].asyncScheduling,
    weights: weightFormat,
    kvCache: kvCacheDtype === 'fp8' ? 'fp8' : 'bf16',
    captureSizes: captureSizes(maxNumSeqs),
    ...(stepTime.kind === 'profile' ? { userProfile: checkUserProfile(stepTime.profile) } : {}),
  });
  // Experts, latent attention and weights in few bits were in none of the measurements.
  const isUnmeasured =
    model.moe !== undefined || model.mla !== undefined || !['bf16', 'fp8'].includes(weightFormat);
  if (chosen.basis === 'user' || !isUnmeasured) return chosen;
  const source = `${chosen.source}; nothing of this kind was ever measured`;
  return { ...chosen, source, expectedErrorPct: undefined };
}
