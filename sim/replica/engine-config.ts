import { FairleadError } from '../../core/errors.ts';
import { US_PER_MS } from '../../core/time.ts';
import type { FleetGroup } from '../../scenarios/scenario.ts';
import type { Model } from '../catalog/model.ts';
import type { StepTimeModel } from '../step-time/step-time.ts';
import { engineMemory } from './engine-memory.ts';
import { engineStepTime } from './engine-step-time.ts';
import { vllmProfiles } from './vllm-profiles.ts';

/** An engine with every default resolved for its GPU and model. */
export interface EngineConfig {
  readonly maxNumSeqs: number;
  readonly maxNumBatchedTokens: number;
  readonly maxModelLen: number;
  readonly blockSize: number;
  /** Without block 0, which vLLM keeps as the null block. */
  readonly usableBlocks: number;
  readonly longPrefillTokenThreshold: number;
  readonly enableChunkedPrefill: boolean;
  readonly reserveFullIsl: boolean;
  readonly watermarkBlocks: number;
  readonly schedulingPolicy: 'fcfs' | 'priority';
  readonly asyncScheduling: boolean;
  readonly enablePrefixCaching: boolean;
  readonly freeUnhashedToFront: boolean;
  readonly prefixQueriesCount: 'onAdmission' | 'everyAttempt';
  /** Different adapters in one step; 0 for no limit. */
  readonly maxLoras: number;
  readonly loraLoadUs: number;
  readonly stepTime: StepTimeModel;
}

export function engineConfig(group: FleetGroup, model: Model): EngineConfig {
  const { engine } = group;
  const profile = vllmProfiles[engine.vllmProfile];
  const memory = engineMemory(group, model);
  if (!engine.enableChunkedPrefill && memory.maxNumBatchedTokens < memory.maxModelLen) {
    throw new FairleadError(
      'ENGINE_UNSUPPORTED',
      `without chunked prefill a prompt is computed in one step, and maxNumBatchedTokens is ${memory.maxNumBatchedTokens} where maxModelLen is ${memory.maxModelLen}. Write "maxNumBatchedTokens: ${memory.maxModelLen}", or leave enableChunkedPrefill out.`,
    );
  }
  return {
    maxNumSeqs: memory.maxNumSeqs,
    maxNumBatchedTokens: memory.maxNumBatchedTokens,
    maxModelLen: memory.maxModelLen,
    blockSize: memory.blockSize,
    usableBlocks: memory.usableBlocks,
    longPrefillTokenThreshold: engine.longPrefillTokenThreshold || Number.POSITIVE_INFINITY,
    enableChunkedPrefill: engine.enableChunkedPrefill,
    reserveFullIsl: engine.reserveFullIsl ?? profile.reserveFullIsl,
    watermarkBlocks: Math.floor(engine.watermark * memory.usableBlocks),
    schedulingPolicy: engine.schedulingPolicy,
    asyncScheduling: engine.asyncScheduling ?? profile.asyncScheduling,
    enablePrefixCaching: engine.enablePrefixCaching,
    freeUnhashedToFront: profile.freeUnhashedToFront,
    prefixQueriesCount: profile.prefixQueriesCount,
    maxLoras: engine.maxLoras,
    loraLoadUs: engine.loraLoadMs * US_PER_MS,
    stepTime: engineStepTime(engine, memory).model,
  };
}
