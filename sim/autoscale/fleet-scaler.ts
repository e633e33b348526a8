import { US_PER_S } from '../../core/time.ts';
import type { FleetWatch } from '../../gateway/autoscale/fleet-watch.ts';
import type { FleetLoad } from '../../gateway/autoscale/scaling-rule.ts';
import type { FleetTimeline } from '../../scenarios/fleet-timeline.ts';
import type { Scenario } from '../../scenarios/scenario.ts';
import type { Fleet } from '../fleet.ts';
import type { Gateways } from '../gateways.ts';
import type { Sequence } from '../replica/sequence.ts';
import type { Process, Simulation } from '../simulation.ts';
import type { OnTime } from './on-time.ts';
import { type Machine, ScaledGroup } from './scaled-group.ts';

export interface FleetScalerOptions {
  readonly scenario: Scenario;
  readonly timeline: FleetTimeline;
  readonly fleet: Pick<Fleet, 'apply' | 'endpoints' | 'load'>;
  readonly gateways: Pick<Gateways, 'all'>;
  readonly watch: FleetWatch<Sequence>;
  readonly simulation: Simulation;
  readonly onTime: OnTime;
}

/** What was decided, and what came of it. */
export interface ScalingEvent {
  readonly atUs: number;
  readonly kind: 'boot' | 'join' | 'drain' | 'off';
  readonly replica: string;
}

/** How often somebody looks whether those that drain have ended what they had. */
const drainLookUs = US_PER_S;

/**
 * Makes groups grow and shrink: boot, join, drain, off. There is one of it, whatever the number of
 * gateways, as there is one Kubernetes: it knows what all gateways together know, and asks the
 * replicas for their metrics when it looks. After the events of the fleet, before scrapers and
 * clients.
 */
export class FleetScaler implements Process {
  readonly priority = 0.6;
  slot = -1;
  readonly events: ScalingEvent[] = [];
  readonly #options: FleetScalerOptions;
  readonly #groups: readonly ScaledGroup[];
  /** By replica, of scaled groups. */
  readonly #machines = new Map<number, Machine>();

  constructor(options: FleetScalerOptions) {
    const { scenario, simulation, timeline } = options;
    this.#options = options;
    const scaled = scenario.gateway.autoscale ?? {};
    this.#groups = scenario.fleet.flatMap(({ name }, group) => {
      const own = scaled[name];
      if (own === undefined) return [];
      const machines = timeline.replicas.flatMap((planned, replica): Machine[] => {
        if (planned.group !== group) return [];
        const state = planned.isThereFromStart ? 'serving' : 'off';
        const lives = planned.isThereFromStart ? 1 : 0;
        return [{ replica, state, lives, onUs: 0, dueUs: Number.POSITIVE_INFINITY }];
      });
      for (const machine of machines) this.#machines.set(machine.replica, machine);
      return [new ScaledGroup(group, own, machines)];
    });
    simulation.add(this);
  }

  start(): void {
    this.#sleep();
  }

  /** Nobody looks at the load any more; who boots or drains goes on. */
  stop(): void {
    for (const group of this.#groups) group.nextLookUs = Number.POSITIVE_INFINITY;
  }

  /** How often its machine was switched on so far, 0 while it is off; undefined if nobody does. */
  lifeOf(replica: number): number | undefined {
    const machine = this.#machines.get(replica);
    if (machine === undefined) return undefined;
    return machine.state === 'serving' || machine.state === 'draining' ? machine.lives : 0;
  }

  /** Whoever is on has been until now. */
  close(nowUs: number): void {
    for (const machine of this.#machines.values()) {
      if (machine.state !== 'off') this.#count(machine, nowUs);
    }
  }

  wake(nowUs: number): void {
    for (const group of this.#groups) {
      for (const machine of group.machines) this.#goOn(machine, nowUs);
      if (group.nextLookUs <= nowUs) this.#look(group, nowUs);
    }
    this.#sleep();
  }

  #goOn(machine: Machine, nowUs: number): void {
    const { fleet, gateways, watch } = this.#options;
    const { replica, state } = machine;
    if (state === 'booting' && machine.dueUs <= nowUs) {
      fleet.apply(replica, { kind: 'up' }, nowUs);
      this.#become(machine, 'serving', 'join', nowUs);
      for (const gateway of gateways.all) gateway.join(replica, nowUs);
    } else if (state === 'draining' && (machine.dueUs <= nowUs || watch.inFlight(replica) === 0)) {
      this.#become(machine, 'off', 'off', nowUs);
      this.#count(machine, nowUs);
      fleet.apply(replica, { kind: 'off' }, nowUs);
    }
  }

  #look(group: ScaledGroup, nowUs: number): void {
    const { gateways } = this.#options;
    const { bootUs, drainUs } = group.times;
    const step = group.decide(this.#loadOf(group, nowUs), nowUs);
    if (step.kind === 'add') {
      for (const machine of group.firstOff(step.count)) {
        machine.lives += 1;
        machine.onUs = nowUs;
        machine.dueUs = nowUs + bootUs;
        this.#become(machine, 'booting', 'boot', nowUs);
        this.#goOn(machine, nowUs);
      }
    } else if (step.kind === 'drain') {
      for (const machine of group.lastCome(step.count)) {
        machine.dueUs = nowUs + drainUs;
        this.#become(machine, 'draining', 'drain', nowUs);
        for (const gateway of gateways.all) gateway.drain(machine.replica, nowUs);
        this.#goOn(machine, nowUs);
      }
    }
  }

  /** Who waits at a gateway waits for every group. A replica that says nothing is not idle. */
  #loadOf({ group, serving }: ScaledGroup, nowUs: number): FleetLoad {
    const { fleet, gateways, watch } = this.#options;
    let waiting = gateways.all.reduce((sum, gateway) => sum + gateway.waiting, 0);
    let [kvUsage, known] = [0, 0];
    for (const { replica } of serving) {
      const load = fleet.load(replica);
      waiting += load?.waiting ?? watch.awaiting(replica);
      if (load === undefined) continue;
      kvUsage += load.kvUsage;
      known += 1;
    }
    return {
      waiting,
      kvUsage: known > 0 ? kvUsage / known : Number.NaN,
      ttftUs: watch.ttftUs(group, nowUs),
      arrivals: watch.takeArrivals(group),
    };
  }

  #become(
    machine: Machine,
    state: Machine['state'],
    kind: ScalingEvent['kind'],
    atUs: number,
  ): void {
    machine.state = state;
    const { name } = this.#options.fleet.endpoints[machine.replica]!;
    this.events.push({ atUs, kind, replica: name });
  }

  #count({ onUs, replica }: Machine, nowUs: number): void {
    this.#options.onTime.add(replica, onUs, nowUs);
  }

  #sleep(): void {
    const { simulation } = this.#options;
    const { nowUs } = simulation;
    let nextUs = Number.POSITIVE_INFINITY;
    for (const { nextLookUs } of this.#groups) nextUs = Math.min(nextUs, nextLookUs);
    for (const { dueUs, state } of this.#machines.values()) {
      if (state === 'booting') nextUs = Math.min(nextUs, dueUs);
      if (state === 'draining') nextUs = Math.min(nextUs, dueUs, nowUs + drainLookUs);
    }
    if (nextUs < Number.POSITIVE_INFINITY) simulation.schedule(this, nextUs);
  }
}
