import type { FleetGroup } from '../../scenarios/scenario.ts';
import type { Model } from '../catalog/model.ts';
import { enginesOf } from '../fleet-facts.ts';
import { engineConfig } from '../replica/engine-config.ts';
import type { TwinOptions } from './replica-twin.ts';

/** What a gateway can know of each replica of a group before it has sent anything there. */
export interface GroupTwin extends TwinOptions {
  /** Tokens in a KV block. */
  readonly blockTokens: number;
}

export function groupTwin(group: FleetGroup, model: Model): GroupTwin {
  const { blockSize, maxNumBatchedTokens, maxNumSeqs, stepTime, usableBlocks } = engineConfig(
    group,
    model,
  );
  const engines = enginesOf(group);
  return {
    engines,
    stepTime,
    maxNumBatchedTokens,
    maxNumSeqs: engines * maxNumSeqs,
    kvTokens: engines * usableBlocks * blockSize,
    blockTokens: blockSize,
  };
}
