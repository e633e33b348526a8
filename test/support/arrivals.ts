import { createPlugin } from '../../core/plugin.ts';
import { randomStream } from '../../core/random.ts';
import { arrivals } from '../../scenarios/arrivals/registry.ts';
import type { ArrivalProcess } from '../../scenarios/arrivals.ts';

export type ArrivalOptions = Readonly<Record<string, unknown>>;

/** An arrival process as a scenario would write it. */
export function arrivalProcess(
  options: ArrivalOptions,
  { seed, rateFactor = 1 }: { seed: number; rateFactor?: number },
): ArrivalProcess {
  const chance = (purpose: string) => randomStream(seed, `${purpose}/test`);
  return createPlugin(arrivals, options, { chance, rateFactor });
}

/** The first arrivals, in seconds. */
export function firstArrivalsS(options: ArrivalOptions, seed: number, count: number): number[] {
  const process = arrivalProcess(options, { seed });
  return Array.from({ length: count }, () => process.nextUs() / 1e6);
}

/** All arrivals before a time, in seconds. */
export function arrivalsUntilS(options: ArrivalOptions, seed: number, untilS: number): number[] {
  const process = arrivalProcess(options, { seed });
  const times: number[] = [];
  for (;;) {
    const timeS = process.nextUs() / 1e6;
    if (timeS >= untilS) return times;
    times.push(timeS);
  }
}

/** Arrivals in each of the windows that fit before the end. */
export function countsPerWindow(
  timesS: readonly number[],
  { windowS, untilS }: { windowS: number; untilS: number },
): number[] {
  const counts = new Array<number>(Math.floor(untilS / windowS)).fill(0);
  for (const timeS of timesS) {
    const window = Math.floor(timeS / windowS);
    if (window < counts.length) counts[window]! += 1;
  }
  return counts;
}

/** Gaps between arrivals; the wait for the first is none. */
export function gapsOf(timesS: readonly number[]): number[] {
  return timesS.slice(1).map((timeS, index) => timeS - timesS[index]!);
}
