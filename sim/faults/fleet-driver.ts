import type { FleetChange, FleetTimeline } from '../../scenarios/fleet-timeline.ts';
import type { FleetScaler } from '../autoscale/fleet-scaler.ts';
import type { Fleet } from '../fleet.ts';
import type { Gateways } from '../gateways.ts';
import type { Process, Simulation } from '../simulation.ts';

export interface FleetDriverOptions {
  readonly timeline: FleetTimeline;
  readonly fleet: Fleet;
  readonly gateways: Pick<Gateways, 'all' | 'together'>;
  readonly simulation: Simulation;
  /** Who switches machines off and on, if anybody does. */
  readonly scaler?: Pick<FleetScaler, 'lifeOf'> | undefined;
}

/**
 * Makes happen what is planned. Steps that end at the same instant have ended before, and whoever
 * sends at the same instant comes after. The gateway is told only of what is done on purpose.
 */
export class FleetDriver implements Process {
  readonly priority = 0.5;
  slot = -1;
  readonly #options: FleetDriverOptions;
  #next = 0;
  /** In which life of its machine a process died that is to come back. */
  readonly #downIn = new Map<number, number>();

  constructor(options: FleetDriverOptions) {
    this.#options = options;
    options.simulation.add(this);
  }

  start(): void {
    const { gateways, simulation, timeline } = this.#options;
    for (const [index, { isThereFromStart }] of timeline.replicas.entries()) {
      if (isThereFromStart) continue;
      for (const gateway of gateways.all) gateway.drain(index, simulation.nowUs);
    }
    this.#sleep();
  }

  wake(nowUs: number): void {
    const { gateways, timeline } = this.#options;
    gateways.together(nowUs, () => {
      for (; this.#nextUs <= nowUs; this.#next += 1) this.#do(timeline.changes[this.#next]!, nowUs);
    });
    this.#sleep();
  }

  #do(change: FleetChange, nowUs: number): void {
    const { fleet, gateways } = this.#options;
    const { replica } = change;
    const isTold = change.kind === 'join' || change.kind === 'drain' || change.kind === 'weight';
    if (!isTold) {
      if (this.#concerns(change)) fleet.apply(replica, change, nowUs);
      return;
    }
    for (const gateway of gateways.all) {
      if (change.kind === 'join') gateway.join(replica, nowUs);
      else if (change.kind === 'drain') gateway.drain(replica, nowUs);
      else gateway.setWeight(replica, change.weight, nowUs);
    }
  }

  /**
   * A process that is not there cannot die, and one that was started since has not died: only who
   * went down comes up again, and only if its machine was on all the time.
   */
  #concerns({ kind, replica }: FleetChange): boolean {
    const life = this.#options.scaler?.lifeOf(replica);
    const isOfProcess = kind === 'down' || kind === 'loading' || kind === 'up';
    if (life === undefined || !isOfProcess) return true;
    if (kind === 'down') this.#downIn.set(replica, life);
    return life > 0 && this.#downIn.get(replica) === life;
  }

  get #nextUs(): number {
    return this.#options.timeline.changes[this.#next]?.atUs ?? Number.POSITIVE_INFINITY;
  }

  #sleep(): void {
    const nextUs = this.#nextUs;
    if (nextUs < Number.POSITIVE_INFINITY) this.#options.simulation.schedule(this, nextUs);
  }
}
