import type { RunSummary } from '../../reports/summary.ts';
import type { Rungs } from './rungs.ts';

/** Whether a run at a place kept the SLO, by the index of the place. */
export type KnownPlaces = ReadonlyMap<number, boolean>;

/** Where one strategy under one seed gives in, seen from below. */
export interface Knee {
  /** The highest place below the first that breaks; undefined where the lowest breaks already. */
  readonly highest: number | undefined;
  /** The first place that breaks; undefined where none does. */
  readonly broken: number | undefined;
}

/** A fleet that falls behind keeps no promise, whatever the percentiles of a short run are. */
export function keepsSlo({ saturated, thresholds }: RunSummary): boolean {
  return !saturated && thresholds.every(({ holds }) => holds);
}

/**
 * The place to look at next: halfway between the highest that is known to keep the SLO and the
 * first above it that does not. Undefined when these are neighbours.
 */
export function nextPlace(known: KnownPlaces): number | undefined {
  const { broken, highest } = kneeOf(known);
  if (broken === undefined || highest === undefined || broken - highest <= 1) return undefined;
  return (highest + broken) >> 1;
}

/** Of the places known so far. */
export function kneeOf(known: KnownPlaces): Knee {
  const sorted = [...known.keys()].sort((a, b) => a - b);
  const broken = sorted.find((place) => !known.get(place));
  const below = broken === undefined ? sorted : sorted.filter((place) => place < broken);
  return { highest: below.at(-1), broken };
}

/** Which places have to be looked at next; none when the knee is found. */
export function missingPlaces(known: KnownPlaces, { always, places }: Rungs): readonly number[] {
  const first = always.filter((place) => !known.has(place));
  if (first.length > 0) return first;
  // Of points that somebody chose, all are run, and there is nothing between them.
  if (always.length === places.length) return [];
  const next = nextPlace(known);
  return next === undefined ? [] : [next];
}
