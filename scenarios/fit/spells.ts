import { US_PER_S } from '../../core/time.ts';

/** Spells of traffic and the silence between them, as far as gaps tell. */
export interface Spells {
  readonly on: { readonly meanS: number; readonly cv: number };
  readonly off: { readonly meanS: number; readonly cv: number };
  /** Variation of the gaps inside a spell. */
  readonly gapCv: number;
  /** Share of the requests that come at most 2 ms after another. */
  readonly followers: number;
}

const followerUs = 2_000;
/** A silence is this long, and far longer than a usual gap. */
const silenceUs = 2 * US_PER_S;
const silentGaps = 10;

/** Undefined where there are too few silences to tell. */
export function findSpells(timesUs: readonly number[]): Spells | undefined {
  const gaps = timesUs.slice(1).map((timeUs, index) => timeUs - timesUs[index]!);
  const median = gaps.toSorted((a, b) => a - b)[gaps.length >> 1] ?? 0;
  const limitUs = Math.max(silenceUs, silentGaps * median);
  const silences = gaps.filter((gap) => gap > limitUs);
  if (silences.length < 10) return undefined;
  const inside = gaps.filter((gap) => gap <= limitUs);
  const spells: number[] = [];
  let spell = 0;
  for (const gap of gaps) {
    if (gap <= limitUs) spell += gap;
    else {
      spells.push(spell);
      spell = 0;
    }
  }
  spells.push(spell);
  return {
    on: { meanS: Math.max(0.2, mean(spells) / US_PER_S), cv: variation(spells) },
    off: { meanS: mean(silences) / US_PER_S, cv: variation(silences) },
    gapCv: variation(inside.filter((gap) => gap >= followerUs)),
    followers: gaps.filter((gap) => gap < followerUs).length / gaps.length,
  };
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function variation(values: readonly number[]): number {
  const middle = mean(values);
  return Math.sqrt(mean(values.map((value) => (value - middle) ** 2))) / middle;
}
