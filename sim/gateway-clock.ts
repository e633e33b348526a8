import type { AlarmClock } from '../gateway/timers.ts';
import type { Process, Simulation } from './simulation.ts';

/** Wakes a gateway when it asked for it: after the changes of the fleet, before clients send. */
export class GatewayClock implements AlarmClock, Process {
  readonly priority = 0.9;
  slot = -1;
  gateway: { wake(nowUs: number): void } | undefined = undefined;
  readonly #simulation: Simulation;
  #nextUs = Number.POSITIVE_INFINITY;
  #isRunning = false;

  constructor(simulation: Simulation) {
    this.#simulation = simulation;
    simulation.add(this);
  }

  /** What was asked for before this is done from now on. */
  start(): void {
    this.#isRunning = true;
    this.#sleep();
  }

  wakeAt(us: number): void {
    if (us >= this.#nextUs) return;
    this.#nextUs = us;
    if (this.#isRunning) this.#sleep();
  }

  wake(nowUs: number): void {
    this.#nextUs = Number.POSITIVE_INFINITY;
    this.gateway!.wake(nowUs);
  }

  #sleep(): void {
    if (this.#nextUs === Number.POSITIVE_INFINITY) return;
    this.#simulation.schedule(this, Math.max(this.#nextUs, this.#simulation.nowUs));
  }
}
