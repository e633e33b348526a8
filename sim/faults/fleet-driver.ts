import type { Gateway } from '../../gateway/gateway.ts';
import type { FleetTimeline } from '../../scenarios/fleet-timeline.ts';
import type { Fleet } from '../fleet.ts';
import type { Sequence } from '../replica/sequence.ts';
import type { Process, Simulation } from '../simulation.ts';

export interface FleetDriverOptions {
  readonly timeline: FleetTimeline;
  readonly fleet: Fleet;
  readonly gateway: Gateway<Sequence>;
  readonly simulation: Simulation;
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

  constructor(options: FleetDriverOptions) {
    this.#options = options;
    options.simulation.add(this);
  }

  start(): void {
    const { gateway, timeline } = this.#options;
    for (const [index, { isThereFromStart }] of timeline.replicas.entries()) {
      if (!isThereFromStart) gateway.drain(index);
    }
    this.#sleep();
  }

  wake(nowUs: number): void {
    this.#options.gateway.together(nowUs, () => {
      for (; this.#nextUs <= nowUs; this.#next += 1) this.#change(nowUs);
    });
    this.#sleep();
  }

  #change(nowUs: number): void {
    const { fleet, gateway, timeline } = this.#options;
    const change = timeline.changes[this.#next]!;
    const { replica } = change;
    if (change.kind === 'join') gateway.join(replica, nowUs);
    else if (change.kind === 'drain') gateway.drain(replica);
    else if (change.kind === 'weight') gateway.setWeight(replica, change.weight, nowUs);
    else fleet.apply(replica, change, nowUs);
  }

  get #nextUs(): number {
    return this.#options.timeline.changes[this.#next]?.atUs ?? Number.POSITIVE_INFINITY;
  }

  #sleep(): void {
    const nextUs = this.#nextUs;
    if (nextUs < Number.POSITIVE_INFINITY) this.#options.simulation.schedule(this, nextUs);
  }
}
