import type { Backend } from '../gateway/backend.ts';
import type { Scenario } from '../scenarios/scenario.ts';
import type { ReplicaView } from '../strategies/strategy.ts';
import { createEndpoints, type EndpointWorld } from './endpoints/create-endpoint.ts';
import type { Endpoint } from './endpoints/endpoint.ts';
import type { Sequence, SimulatedRequest } from './replica/sequence.ts';
import { scenarioModel } from './scenario-model.ts';

/** All simulated endpoints of a scenario, as the backend under the gateway. */
export class Fleet implements Backend<Sequence> {
  readonly endpoints: readonly Endpoint[];

  constructor(scenario: Scenario, world: EndpointWorld) {
    const model = scenarioModel(scenario);
    this.endpoints = scenario.fleet.flatMap((group) => createEndpoints(group, model, world));
  }

  start(request: SimulatedRequest, { index }: ReplicaView, nowUs: number): void {
    this.endpoints[index]!.add(request, nowUs);
  }

  abort(request: SimulatedRequest, { index }: ReplicaView, nowUs: number): void {
    this.endpoints[index]!.abort(request, nowUs);
  }
}
