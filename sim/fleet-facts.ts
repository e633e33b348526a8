import { FairleadError } from '../core/errors.ts';
import type { ScenarioProblem } from '../scenarios/load.ts';
import type { FleetGroup, Scenario } from '../scenarios/scenario.ts';
import type { Model, WeightFormat } from './catalog/model.ts';
import { engineConfig } from './replica/engine-config.ts';
import { type EngineMemory, engineMemory } from './replica/engine-memory.ts';
import { type EngineStepTime, engineStepTime } from './replica/engine-step-time.ts';
import { pricedSequenceTokens } from './replica/kv-capacity.ts';
import { scenarioModel } from './scenario-model.ts';

/** What the engines of a group will really run with. */
export interface FleetFacts {
  readonly name: string;
  readonly gpu: string;
  readonly replicas: number;
  readonly tensorParallelSize: number;
  /** Engines of a replica. */
  readonly engines: number;
  readonly gpusPerReplica: number;
  readonly maxNumSeqs: number;
  readonly maxNumBatchedTokens: number;
  readonly maxModelLen: number;
  readonly weightFormat: WeightFormat;
  /** Of one GPU of a replica. */
  readonly weightBytes: number;
  readonly kvCacheBytes: number;
  /** Of an engine. */
  readonly kvTokens: number;
  readonly stepTime: Omit<EngineStepTime, 'model'>;
  /** What a user should know of the combination. */
  readonly notes: readonly string[];
}

/** Where the shape of the model comes from. */
export interface ModelFacts {
  readonly name: string;
  readonly parameters: number;
  readonly basis: 'catalogue' | 'config.json';
}

export function modelFacts(scenario: Scenario): ModelFacts {
  const { name, parameters } = scenarioModel(scenario);
  const basis = scenario.modelConfig === undefined ? 'catalogue' : 'config.json';
  return { name, parameters, basis };
}

/** Resolves every engine of a scenario. */
export function fleetFacts(scenario: Scenario): FleetFacts[] {
  const model = scenarioModel(scenario);
  return scenario.fleet.map((group) => factsOf(group, engineMemory(group, model)));
}

function factsOf(group: FleetGroup, memory: EngineMemory): FleetFacts {
  const { blockSize, plan, usableBlocks, weightFormat } = memory;
  const { basis, source, expectedErrorPct } = engineStepTime(group.engine, memory);
  const { tensorParallelSize } = group.engine;
  const engines = enginesOf(group);
  const kvTokens = usableBlocks * blockSize;
  return {
    name: group.name,
    gpu: group.gpu,
    replicas: group.replicas,
    tensorParallelSize,
    engines,
    gpusPerReplica: engines * tensorParallelSize,
    maxNumSeqs: memory.maxNumSeqs,
    maxNumBatchedTokens: memory.maxNumBatchedTokens,
    maxModelLen: memory.maxModelLen,
    weightFormat,
    weightBytes: Math.round(plan.weightBytes),
    kvCacheBytes: Math.round(kvTokens * plan.kvBytesPerToken),
    kvTokens,
    stepTime: { basis, source, expectedErrorPct },
    notes: notesOn(memory),
  };
}

/** How many there are behind the address of one replica. */
export function enginesOf({ disaggregation, engine }: FleetGroup): number {
  const { prefill, decode } = disaggregation ?? { prefill: 0, decode: 1 };
  return (prefill + decode) * engine.dataParallelSize;
}

function notesOn({ gpu, maxModelLen, model, weightFormat }: EngineMemory): string[] {
  const notes: string[] = [];
  if (weightFormat === 'fp8' && gpu.fp8Tflops === undefined) {
    notes.push(`${gpu.name} has no fp8: the weights are stored in it and computed in 16 bits`);
  }
  if (model.slidingWindow !== undefined) {
    const { layers, tokens } = model.slidingWindow;
    notes.push(
      `${layers} of ${model.layers} layers keep ${tokens} tokens; the KV cache is counted for sequences of ${Math.min(maxModelLen, pricedSequenceTokens)}: longer ones really take less for each token, shorter ones up to ${shortFactor(model, maxModelLen)} times as much`,
    );
  }
  return notes;
}

/** What a token costs while all layers hold it, by what it is counted as. */
function shortFactor({ layers, slidingWindow }: Model, maxModelLen: number): string {
  const { layers: windowed, tokens } = slidingWindow ?? { layers: 0, tokens: 0 };
  const length = Math.min(maxModelLen, pricedSequenceTokens);
  const counted = layers - windowed + windowed * Math.min(1, tokens / length);
  return (layers / counted).toFixed(2);
}

/** The first group whose engines vLLM could not start, and why; a check for the loader. */
export function fleetProblem(
  scenario: Pick<Scenario, 'fleet' | 'model' | 'modelConfig'>,
): ScenarioProblem | undefined {
  const model = scenarioModel(scenario);
  for (const [index, group] of scenario.fleet.entries()) {
    try {
      engineConfig(group, model);
    } catch (error) {
      if (!(error instanceof FairleadError)) throw error;
      return { code: error.code, path: ['fleet', index], message: error.message };
    }
  }
  return undefined;
}
