import { FairleadError } from '../core/errors.ts';
import type { ScenarioProblem } from '../scenarios/load.ts';
import type { Scenario } from '../scenarios/scenario.ts';
import { engineConfig } from './replica/engine-config.ts';

/** What the engines of a group will really run with. */
export interface FleetFacts {
  readonly name: string;
  readonly gpu: string;
  readonly replicas: number;
  readonly maxNumSeqs: number;
  readonly maxNumBatchedTokens: number;
  readonly maxModelLen: number;
  readonly kvTokens: number;
}

/** Resolves every engine of a scenario. */
export function fleetFacts({ fleet, model }: Scenario): FleetFacts[] {
  return fleet.map((group) => {
    const config = engineConfig(group, model);
    return {
      name: group.name,
      gpu: group.gpu,
      replicas: group.replicas,
      maxNumSeqs: config.maxNumSeqs,
      maxNumBatchedTokens: config.maxNumBatchedTokens,
      maxModelLen: config.maxModelLen,
      kvTokens: config.usableBlocks * config.blockSize,
    };
  });
}

/** The first group whose engines vLLM could not start, and why; a check for the loader. */
export function fleetProblem({ fleet, model }: Scenario): ScenarioProblem | undefined {
  for (const [index, group] of fleet.entries()) {
    try {
      engineConfig(group, model);
    } catch (error) {
      if (!(error instanceof FairleadError)) throw error;
      return { code: error.code, path: ['fleet', index], message: error.message };
    }
  }
  return undefined;
}
