import type { MeasuredWindow } from '../../core/measured-window.ts';

/** How long each machine was on within the measured window: what somebody has to pay for. */
export class OnTime {
  readonly #window: MeasuredWindow;
  readonly #us: number[] = [];

  constructor(window: MeasuredWindow) {
    this.#window = window;
  }

  /** It was on from then until then; only the part within the window counts. */
  add(replica: number, fromUs: number, untilUs: number): void {
    const window = this.#window;
    const us = Math.min(untilUs, window.untilUs) - Math.max(fromUs, window.fromUs);
    this.#us[replica] = this.of(replica) + Math.max(0, us);
  }

  of(replica: number): number {
    return this.#us[replica] ?? 0;
  }
}
