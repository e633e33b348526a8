import { US_PER_MS } from '../../core/time.ts';
import type { Disaggregation, EngineOptions } from '../../scenarios/scenario.ts';
import type { Model } from '../catalog/model.ts';
import { engineBlockSize } from '../replica/engine-memory.ts';
import { sequenceCost } from '../replica/kv-capacity.ts';

const bytesPerUsAtGBps = 1_000;

/** How long the KV blocks of a prompt take, all of them, from the GPUs of one engine to another. */
export function kvTransferUs(
  engine: Pick<EngineOptions, 'blockSize' | 'kvCacheDtype'>,
  model: Model,
  { kvTransferGBps, kvTransferMs }: Pick<Disaggregation, 'kvTransferGBps' | 'kvTransferMs'>,
): (promptTokens: number) => number {
  const blockSize = engineBlockSize(engine, model);
  const { kvCacheDtype } = engine;
  const { bytesOf } = sequenceCost({ model, kvCacheDtype, tensorParallelSize: 1 });
  const bytesPerUs = kvTransferGBps * bytesPerUsAtGBps;
  return (promptTokens) => {
    const tokens = Math.ceil(promptTokens / blockSize) * blockSize;
    return kvTransferMs * US_PER_MS + bytesOf(tokens) / bytesPerUs;
  };
}
