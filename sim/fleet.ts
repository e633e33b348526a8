import type { Backend } from '../gateway/backend.ts';
import type {
  FleetChange,
  FleetTimeline,
  OutsideChange,
  PlannedReplica,
} from '../scenarios/fleet-timeline.ts';
import type { Scenario } from '../scenarios/scenario.ts';
import type { ReplicaView } from '../strategies/strategy.ts';
import { createEndpoint, type EndpointWorld } from './endpoints/create-endpoint.ts';
import type { Endpoint } from './endpoints/endpoint.ts';
import { FaultyReplica } from './faults/faulty-replica.ts';
import type { Gauges } from './replica/engine.ts';
import { engineConfig } from './replica/engine-config.ts';
import type { Sequence, SimulatedRequest } from './replica/sequence.ts';
import { scenarioModel } from './scenario-model.ts';
import { RangeWatch } from './step-time/range-watch.ts';

export interface FleetPlan {
  readonly scenario: Scenario;
  readonly timeline: FleetTimeline;
  readonly seed: number;
}

/** All simulated endpoints of a scenario, as the backend under the gateway. */
export class Fleet implements Backend<Sequence> {
  /** Those, too, that come later or have gone. */
  readonly endpoints: readonly Endpoint[];
  /** Those to which something happens, by their index. */
  readonly #faulty = new Map<number, FaultyReplica>();
  readonly #watches: RangeWatch[] = [];

  constructor({ scenario, seed, timeline }: FleetPlan, world: EndpointWorld) {
    const model = scenarioModel(scenario);
    const groups = scenario.fleet.map((group) => {
      const config = engineConfig(group, model);
      const stepTime = new RangeWatch(config.stepTime);
      this.#watches.push(stepTime);
      return { group, model, config: { ...config, stepTime } };
    });
    const changes = changesByReplica(timeline);
    const create = (planned: PlannedReplica, index: number): Endpoint => {
      const { group, isThereFromStart: isUp, name } = planned;
      const options = { ...groups[group]!, name };
      const own = changes.get(index);
      if (own === undefined) return createEndpoint(options, world);
      const replica = new FaultyReplica({ ...options, isUp, changes: own, seed }, world);
      this.#faulty.set(index, replica);
      return replica.endpoint;
    };
    this.endpoints = timeline.replicas.map(create);
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

  apply(replica: number, change: OutsideChange, nowUs: number): void {
    this.#faulty.get(replica)!.apply(change, nowUs);
  }

  /** What a replica reports of itself, right or wrong; undefined when no answer comes. */
  gauges(index: number): Gauges | undefined {
    const faulty = this.#faulty.get(index);
    return faulty === undefined ? this.endpoints[index]!.snapshot() : faulty.gauges;
  }
}

function changesByReplica({ changes }: FleetTimeline): Map<number, FleetChange[]> {
  const byReplica = new Map<number, FleetChange[]>();
  for (const change of changes) {
    const own = byReplica.get(change.replica);
    if (own === undefined) byReplica.set(change.replica, [change]);
    else own.push(change);
  }
  return byReplica;
}
