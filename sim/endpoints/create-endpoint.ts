import type { GapHistogram } from '../../core/gap-histogram.ts';
import type { MeasuredWindow } from '../../core/measured-window.ts';
import type { FleetGroup } from '../../scenarios/scenario.ts';
import type { Model } from '../catalog/model.ts';
import type { EngineConfig } from '../replica/engine-config.ts';
import type { BlockListener } from '../replica/kv-cache.ts';
import type { ReplicaListener } from '../replica/pending-answers.ts';
import type { ReplicaOptions } from '../replica/replica.ts';
import { vllmProfiles } from '../replica/vllm-profiles.ts';
import type { Simulation } from '../simulation.ts';
import { ApiServer } from './api-server.ts';
import { DataParallel } from './data-parallel.ts';
import { Disaggregated } from './disaggregated.ts';
import type { Endpoint, EndpointListener } from './endpoint.ts';
import { kvTransferUs } from './kv-transfer-time.ts';
import type { CreateRanks, CreateReplica, Server } from './server.ts';
import { ServerEndpoint } from './server-endpoint.ts';

export interface EndpointWorld {
  readonly simulation: Simulation;
  readonly listener: EndpointListener;
  readonly gaps: GapHistogram;
  readonly window: MeasuredWindow;
  readonly createReplica: CreateReplica;
  readonly createLockstep: CreateRanks;
  /** Told what is in the caches that prompts are looked up in, if anybody wants to know. */
  readonly blocks?: BlockListener | undefined;
}

/** A server that tells whoever waits for its answers, and maybe somebody of its cache. */
export type CreateNamed = (
  name: string,
  listener: ReplicaListener,
  blocks: BlockListener | undefined,
) => Server;

export type ServerOptions = ReplicaOptions & Omit<EndpointWorld, 'listener'>;

export interface EndpointOptions {
  readonly name: string;
  readonly group: FleetGroup;
  readonly config: EngineConfig;
  readonly model: Model;
}

/** One replica of a group, whatever stands behind its address. */
export function createEndpoint(options: EndpointOptions, world: EndpointWorld): Endpoint {
  const { config, group, model, name } = options;
  const { listener, ...rest } = world;
  const createNamed: CreateNamed = (serverName, answers, blocks) =>
    createServer(group, model, { ...rest, name: serverName, config, listener: answers, blocks });
  const { disaggregation } = group;
  if (disaggregation === undefined) {
    return new ServerEndpoint(name, listener, (answers) =>
      createNamed(name, answers, world.blocks),
    );
  }
  const { prefill, decode } = disaggregation;
  const transferUs = kvTransferUs(group.engine, model, disaggregation);
  const { simulation } = world;
  const pools = { prefill, decode, transferUs, createServer: createNamed, blocks: world.blocks };
  return new Disaggregated({ name, simulation, listener, ...pools });
}

/** What `vllm serve` starts: one engine or several, and an API in front of them. */
export function createServer(group: FleetGroup, model: Model, options: ServerOptions): Server {
  const { apiServer, dataParallelSize, vllmProfile } = group.engine;
  const { config, createLockstep, createReplica, listener, simulation } = options;
  const isParallel = dataParallelSize > 1;
  const engine = isParallel
    ? new DataParallel(
        {
          ...options,
          ranks: dataParallelSize,
          apiProcesses: apiServer.processes,
          score: vllmProfiles[vllmProfile].dpScore,
        },
        model.moe === undefined ? (ranks) => ranks.map(createReplica) : createLockstep,
      )
    : createReplica(options);
  if (apiServer.requestMs === 0 && !isParallel) return engine;
  const { maxModelLen } = config;
  return new ApiServer(engine, { options: apiServer, maxModelLen, listener, simulation });
}
