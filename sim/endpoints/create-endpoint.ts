import type { GapHistogram } from '../../core/gap-histogram.ts';
import type { MeasuredWindow } from '../../core/measured-window.ts';
import type { FleetGroup } from '../../scenarios/scenario.ts';
import type { Model } from '../catalog/model.ts';
import { engineConfig } from '../replica/engine-config.ts';
import type { ReplicaOptions } from '../replica/replica.ts';
import type { Simulation } from '../simulation.ts';
import { ApiServer } from './api-server.ts';
import type { Endpoint, EndpointListener } from './endpoint.ts';
import type { CreateReplica, Server } from './server.ts';
import { ServerEndpoint } from './server-endpoint.ts';

export interface EndpointWorld {
  readonly simulation: Simulation;
  readonly listener: EndpointListener;
  readonly gaps: GapHistogram;
  readonly window: MeasuredWindow;
  readonly createReplica: CreateReplica;
}

/** All endpoints of a group. */
export function createEndpoints(group: FleetGroup, model: Model, world: EndpointWorld): Endpoint[] {
  const config = engineConfig(group, model);
  const { createReplica, listener, ...rest } = world;
  return Array.from({ length: group.replicas }, (_, index) => {
    const name = `${group.name}-${index + 1}`;
    return new ServerEndpoint(name, listener, (answers) =>
      createServer(group, { ...rest, name, config, listener: answers }, createReplica),
    );
  });
}

/** What `vllm serve` starts: an engine, and an API in front of it. */
function createServer(
  { engine: { apiServer } }: FleetGroup,
  options: ReplicaOptions,
  createReplica: CreateReplica,
): Server {
  const engine = createReplica(options);
  if (apiServer.requestMs === 0) return engine;
  const { listener, simulation } = options;
  const { maxModelLen } = options.config;
  return new ApiServer(engine, { options: apiServer, maxModelLen, listener, simulation });
}
