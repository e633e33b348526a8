import type { GapHistogram } from '../core/gap-histogram.ts';
import type { MeasuredWindow } from '../core/measured-window.ts';
import type { Backend } from '../gateway/backend.ts';
import type { Scenario } from '../scenarios/scenario.ts';
import type { ReplicaView } from '../strategies/strategy.ts';
import type { Endpoint, EndpointListener } from './endpoints/endpoint.ts';
import type { CreateReplica } from './endpoints/server.ts';
import { ServerEndpoint } from './endpoints/server-endpoint.ts';
import { engineConfig } from './replica/engine-config.ts';
import type { Sequence, SimulatedRequest } from './replica/sequence.ts';
import { scenarioModel } from './scenario-model.ts';
import type { Simulation } from './simulation.ts';

export interface FleetOptions {
  readonly simulation: Simulation;
  readonly listener: EndpointListener;
  readonly gaps: GapHistogram;
  readonly window: MeasuredWindow;
  readonly createReplica: CreateReplica;
}

/** All simulated endpoints of a scenario, as the backend under the gateway. */
export class Fleet implements Backend<Sequence> {
  readonly endpoints: readonly Endpoint[];

  constructor(scenario: Scenario, { createReplica, listener, ...options }: FleetOptions) {
    const model = scenarioModel(scenario);
    this.endpoints = scenario.fleet.flatMap((group) => {
      const config = engineConfig(group, model);
      return endpointNames(group).map(
        (name) =>
          new ServerEndpoint(name, listener, (answers) =>
            createReplica({ ...options, name, config, listener: answers }),
          ),
      );
    });
  }

  start(request: SimulatedRequest, { index }: ReplicaView, nowUs: number): void {
    this.endpoints[index]!.add(request, nowUs);
  }

  abort(request: SimulatedRequest, { index }: ReplicaView, nowUs: number): void {
    this.endpoints[index]!.abort(request, nowUs);
  }
}

function endpointNames(group: Scenario['fleet'][number]): string[] {
  return Array.from({ length: group.replicas }, (_, index) => `${group.name}-${index + 1}`);
}
