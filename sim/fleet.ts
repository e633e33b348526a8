import type { Backend } from '../gateway/backend.ts';
import type { Scenario } from '../scenarios/scenario.ts';
import type { ReplicaView } from '../strategies/strategy.ts';
import { createEndpoints, type EndpointWorld } from './endpoints/create-endpoint.ts';
import type { Endpoint } from './endpoints/endpoint.ts';
import { engineConfig } from './replica/engine-config.ts';
import type { Sequence, SimulatedRequest } from './replica/sequence.ts';
import { scenarioModel } from './scenario-model.ts';
import { RangeWatch } from './step-time/range-watch.ts';

/** All simulated endpoints of a scenario, as the backend under the gateway. */
export class Fleet implements Backend<Sequence> {
  readonly endpoints: readonly Endpoint[];
  readonly #watches: RangeWatch[] = [];

  constructor(scenario: Scenario, world: EndpointWorld) {
    const model = scenarioModel(scenario);
    this.endpoints = scenario.fleet.flatMap((group) => {
      const config = engineConfig(group, model);
      const stepTime = new RangeWatch(config.stepTime);
      this.#watches.push(stepTime);
      return createEndpoints(group, { model, config: { ...config, stepTime } }, world);
    });
  }

  /** How many of the steps whose time was looked up hold more than was ever measured. */
  get outsideRangeShare(): number {
    const asked = this.#watches.reduce((sum, watch) => sum + watch.asked, 0);
    const outside = this.#watches.reduce((sum, watch) => sum + watch.outside, 0);
    return asked > 0 ? outside / asked : 0;
  }

  start(request: SimulatedRequest, { index }: ReplicaView, nowUs: number): void {
    this.endpoints[index]!.add(request, nowUs);
  }

  abort(request: SimulatedRequest, { index }: ReplicaView, nowUs: number): void {
    this.endpoints[index]!.abort(request, nowUs);
  }
}
