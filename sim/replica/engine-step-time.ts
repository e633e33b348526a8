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
  | 'stepTime'
  | 'tensorParallelSize'
  | 'vllmProfile'
  | 'kvCacheDtype'
  | 'asyncScheduling'
  | 'interconnect'
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
    ...(engine.interconnect === undefined || tensorParallelSize === 1
      ? {}
      : { interconnect: engine.interconnect }),
    ...(stepTime.kind === 'profile' ? { userProfile: checkUserProfile(stepTime.profile) } : {}),
  });
  const unmeasured = whatIsUnmeasured(engine, memory);
  if (chosen.basis === 'user' || unmeasured.length === 0) return chosen;
  const source = `${chosen.source}; nothing was ever measured of ${unmeasured.join(', ')}`;
  return { ...chosen, source, expectedErrorPct: undefined };
}

/** What was in none of the measurements, so that no error found on them says anything of it. */
function whatIsUnmeasured(
  { kvCacheDtype }: StepTimeUse,
  { gpu, model, weightFormat }: Pick<EngineMemory, 'gpu' | 'model' | 'weightFormat'>,
): string[] {
  const all: [boolean, string][] = [
    [model.moe !== undefined, 'experts'],
    [model.mla !== undefined, 'latent attention'],
    [model.slidingWindow !== undefined, 'sliding windows'],
    [!['bf16', 'fp8'].includes(weightFormat), `weights in ${weightFormat}`],
    [kvCacheDtype === 'fp8', 'a KV cache in fp8'],
    // Every GPU that was left out to find the error was one of NVIDIA from Ampere on.
    [gpu.hasBf16 === false || gpu.linkKind === 'infinity-fabric', `GPUs like the ${gpu.name}`],
  ];
  return all.filter(([isIt]) => isIt).map(([, what]) => what);
}
