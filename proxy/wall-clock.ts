import type { AlarmClock } from '../gateway/timers.ts';

/** Microseconds since the process began, and one pending alarm. */
export class WallClock implements AlarmClock {
  #timer: NodeJS.Timeout | undefined = undefined;
  #alarmUs = Number.POSITIVE_INFINITY;
  /** Who is woken. */
  sleeper: { wake(nowUs: number): void } | undefined = undefined;

  nowUs(): number {
    return Math.round(performance.now() * 1_000);
  }

  wakeAt(us: number): void {
    if (us >= this.#alarmUs) return;
    this.#alarmUs = us;
    clearTimeout(this.#timer);
    const inMs = Math.max(0, Math.ceil((us - this.nowUs()) / 1_000));
    this.#timer = setTimeout(this.#ring, Math.min(inMs, longestMs));
  }

  stop(): void {
    clearTimeout(this.#timer);
  }

  readonly #ring = (): void => {
    this.#alarmUs = Number.POSITIVE_INFINITY;
    this.sleeper?.wake(this.nowUs());
  };
}

/** What a timer of Node can wait. */
const longestMs = 2 ** 31 - 1;
