import type { Backend, ProbeListener } from '../gateway/backend.ts';
import type { ReplicaFacts } from '../gateway/replica-state.ts';
import type { LoadSample } from '../gateway/reported-load.ts';
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
import { enginesOf } from './fleet-facts.ts';
import { KvEventLog } from './kv-events/kv-event-log.ts';
import { engineConfig } from './replica/engine-config.ts';
import { Sequence, type SimulatedAttempt } from './replica/sequence.ts';
import { scenarioModel } from './scenario-model.ts';
import { RangeWatch } from './step-time/range-watch.ts';
import { groupTwin } from './twin/group-twin.ts';
import type { TwinOptions } from './twin/replica-twin.ts';

export interface FleetPlan {
  readonly scenario: Scenario;
  readonly timeline: FleetTimeline;
  readonly seed: number;
  /** Whether replicas tell what is in their caches. */
  readonly tellsKvEvents?: boolean;
}

/** All simulated endpoints of a scenario, as the backend under the gateway. */
export class Fleet implements Backend<Sequence> {
  /** Those, too, that come later or have gone. */
  readonly endpoints: readonly Endpoint[];
  /** What whoever starts the gateway knows of them. */
  readonly facts: readonly ReplicaFacts[];
  /** What their twins are made of. */
  readonly twins: readonly TwinOptions[];
  /** Tokens in a KV block; of the first group, if they differ. */
  readonly blockTokens: number;
  /** One for each, if they tell. */
  readonly kvEvents: readonly KvEventLog[];
  /** Those to which something happens, by their index. */
  readonly #faulty = new Map<number, FaultyReplica>();
  /** Of all engines of each. */
  readonly #kvBlocks: readonly number[];
  readonly #watches: RangeWatch[] = [];

  constructor(plan: FleetPlan, world: EndpointWorld) {
    const { scenario, seed, tellsKvEvents = false, timeline } = plan;
    const model = scenarioModel(scenario);
    const groups = scenario.fleet.map((group) => {
      const config = engineConfig(group, model);
      const { stepTime } = config;
      const watch = new RangeWatch(stepTime);
      this.#watches.push(watch);
      const engines = enginesOf(group);
      return { group, model, engines, stepTime, config: { ...config, stepTime: watch } };
    });
    const changes = changesByReplica(timeline);
    const kvEvents: KvEventLog[] = [];
    const create = (planned: PlannedReplica, index: number): Endpoint => {
      const { group, isThereFromStart: isUp, name } = planned;
      const options = { ...groups[group]!, name };
      const own = changes.get(index) ?? [];
      const isScaled = scenario.gateway.autoscale?.[options.group.name] !== undefined;
      const log = tellsKvEvents
        ? new KvEventLog({ isUp, hasSeveralEngines: options.engines > 1 })
        : undefined;
      if (log !== undefined) kvEvents.push(log);
      if (own.length === 0 && !isScaled) {
        return createEndpoint(options, { ...world, blocks: log?.nextLife() });
      }
      const faulty = { ...options, isUp, isScaled, changes: own, seed, kvEvents: log };
      const replica = new FaultyReplica(faulty, world);
      this.#faulty.set(index, replica);
      return replica.endpoint;
    };
    this.endpoints = timeline.replicas.map(create);
    this.kvEvents = kvEvents;
    const twins = scenario.fleet.map((group) => groupTwin(group, model));
    this.twins = timeline.replicas.map(({ group }) => twins[group]!);
    this.facts = timeline.replicas.map(({ group, name }) => {
      const { kvTokens, maxNumSeqs } = twins[group]!;
      return { name, group: scenario.fleet[group]!.name, maxNumSeqs, kvTokens };
    });
    this.#kvBlocks = timeline.replicas.map(({ group }) => {
      const { config, engines } = groups[group]!;
      return engines * config.usableBlocks;
    });
    this.blockTokens = twins[0]!.blockTokens;
  }

  /** Engine time of each. */
  get busy(): { readonly name: string; readonly busyUs: number }[] {
    return this.endpoints.map(({ name, busyUs }) => ({ name, busyUs }));
  }

  /** Engine steps that have ended. */
  get steps(): number {
    return this.endpoints.reduce((sum, endpoint) => sum + endpoint.steps, 0);
  }

  /** How many of the steps whose time was looked up hold more than was ever measured. */
  get outsideRangeShare(): number {
    const asked = this.#watches.reduce((sum, watch) => sum + watch.asked, 0);
    const outside = this.#watches.reduce((sum, watch) => sum + watch.outside, 0);
    return asked > 0 ? outside / asked : 0;
  }

  start(attempt: SimulatedAttempt, nowUs: number): void {
    this.endpoints[attempt.replica.index]!.add(attempt, nowUs);
  }

  abort(attempt: SimulatedAttempt, nowUs: number): void {
    this.endpoints[attempt.replica.index]!.abort(attempt, nowUs);
  }

  again(work: Sequence): Sequence {
    return new Sequence(work);
  }

  isConnected(attempt: SimulatedAttempt): boolean {
    return this.endpoints[attempt.replica.index]!.isConnected(attempt);
  }

  /**
   * A stream that is being written is never silent for long; that an engine takes its time between
   * two tokens, as when it preempts, counts for nothing here.
   */
  lastHeardUs(attempt: SimulatedAttempt, nowUs: number): number {
    return Math.min(nowUs, this.endpoints[attempt.replica.index]!.silentSinceUs);
  }

  /** Its health is that it answers: `/health` of vLLM looks no further. */
  probe({ index }: ReplicaView, listener: ProbeListener, nowUs: number): void {
    const endpoint = this.endpoints[index]!;
    if (endpoint.silentSinceUs <= nowUs) return;
    listener.onProbe(index, endpoint.snapshot() !== undefined, nowUs);
  }

  apply(replica: number, change: OutsideChange, nowUs: number): void {
    this.#faulty.get(replica)!.apply(change, nowUs);
  }

  /** What a replica reports of itself, right or wrong; undefined when no answer comes. */
  load(index: number): Pick<LoadSample, 'kvUsage' | 'running' | 'waiting'> | undefined {
    const faulty = this.#faulty.get(index);
    const gauges = faulty === undefined ? this.endpoints[index]!.snapshot() : faulty.gauges;
    if (gauges === undefined) return undefined;
    const { kvBlocksUsed, running, waiting } = gauges;
    return { running, waiting, kvUsage: kvBlocksUsed / this.#kvBlocks[index]! };
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
