/**
 * The part of a run that counts: requests that arrive from `fromUs` until before `untilUs`. What
 * came earlier warmed the fleet up; what comes later keeps it busy until the last counted request
 * is done.
 */
export interface MeasuredWindow {
  readonly fromUs: number;
  readonly untilUs: number;
}

/** Of a run that warms up first. */
export function measuredWindow(run: { warmupUs: number; durationUs: number }): MeasuredWindow {
  return { fromUs: run.warmupUs, untilUs: run.warmupUs + run.durationUs };
}

export function inWindow({ fromUs, untilUs }: MeasuredWindow, timeUs: number): boolean {
  return timeUs >= fromUs && timeUs < untilUs;
}
