import type { MeasuredWindow } from '../../core/measured-window.ts';
import type { FleetWatch } from '../../gateway/autoscale/fleet-watch.ts';
import type { FleetTimeline } from '../../scenarios/fleet-timeline.ts';
import type { Scenario } from '../../scenarios/scenario.ts';
import { FleetDriver } from '../faults/fleet-driver.ts';
import type { Fleet } from '../fleet.ts';
import type { Gateways } from '../gateways.ts';
import type { Sequence } from '../replica/sequence.ts';
import type { Simulation } from '../simulation.ts';
import { FleetScaler, type ScalingEvent } from './fleet-scaler.ts';
import { OnTime } from './on-time.ts';

export interface MachinesOptions {
  readonly scenario: Scenario;
  readonly timeline: FleetTimeline;
  readonly fleet: Fleet;
  readonly gateways: Pick<Gateways, 'all' | 'together'>;
  readonly simulation: Simulation;
  readonly window: MeasuredWindow;
  /** If groups grow and shrink. */
  readonly watch: FleetWatch<Sequence> | undefined;
}

/** The machines under the replicas: what is planned to happen to them, and what is decided. */
export class Machines {
  readonly #timeline: FleetTimeline;
  readonly #onTime: OnTime;
  readonly #scaler: FleetScaler | undefined;
  readonly #driver: FleetDriver | undefined;

  constructor({ watch, window, ...world }: MachinesOptions) {
    const { timeline } = world;
    this.#timeline = timeline;
    this.#onTime = new OnTime(window);
    const scaler =
      watch === undefined ? undefined : new FleetScaler({ ...world, watch, onTime: this.#onTime });
    this.#scaler = scaler;
    const isStill = scaler === undefined && timeline.changes.length === 0;
    this.#driver = isStill ? undefined : new FleetDriver({ ...world, scaler });
  }

  get scaling(): readonly ScalingEvent[] {
    return this.#scaler?.events ?? [];
  }

  /** How long a machine was on within the window. */
  onUs(replica: number): number {
    return this.#onTime.of(replica);
  }

  start(): void {
    this.#driver?.start();
    this.#scaler?.start();
  }

  stop(): void {
    this.#scaler?.stop();
  }

  close(nowUs: number): void {
    this.#scaler?.close(nowUs);
    for (const [replica, { fromUs, untilUs }] of this.#timeline.machines.entries()) {
      if (this.#scaler?.lifeOf(replica) !== undefined) continue;
      this.#onTime.add(replica, fromUs, untilUs);
    }
  }
}
