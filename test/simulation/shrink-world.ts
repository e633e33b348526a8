import type { World } from './world.ts';

type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

/** What is not said of them is ten minutes. */
const lasting = new Set(['duration', 'warmup']);

/** What went wrong when a world was played; undefined when nothing did. */
export type Complaint = (world: World) => string | undefined;

/**
 * The smallest world that fails in the same way. Whatever a file may leave out is left out as long
 * as that changes nothing, big parts before small ones; then numbers are halved.
 */
export function shrinkWorld(world: World, complain: Complaint, mostRuns = 3_000): World {
  const law = lawOf(complain(world));
  let runs = 0;
  const failsAlike = (smaller: World) => ++runs <= mostRuns && lawOf(complain(smaller)) === law;
  let smallest = world;
  // Where something could be left out the next thing comes now; what was kept before is asked last.
  let at = 0;
  for (;;) {
    const smaller = smallerWorlds(smallest);
    const inTurn = smaller.map((_, index) => (at + index) % smaller.length);
    const found = inTurn.find((index) => failsAlike(smaller[index]!));
    if (found === undefined) return smallest;
    smallest = smaller[found]!;
    at = found;
  }
}

/** The message, without the numbers that differ from world to world. */
export function lawOf(complaint: string | undefined): string | undefined {
  return complaint?.replaceAll(/(?<!invariant \d*)\d+/g, '#');
}

function smallerWorlds(world: World): World[] {
  const { options, scenario, ...rest } = world;
  const simpler = { ...world, strategy: 'round-robin', options: {} };
  return [
    ...(world.strategy === 'round-robin' ? [] : [simpler]),
    ...shrunk(options as Json).map((less) => ({ ...rest, scenario, options: less as never })),
    ...shrunk(scenario as Json).map((less) => ({ ...rest, options, scenario: less as never })),
  ];
}

/** A value with one thing less in it, anywhere; what takes most away comes first. */
function shrunk(value: Json): Json[] {
  if (typeof value === 'number') return smallerNumbers(value);
  if (typeof value === 'string') return shorterTimes(value);
  if (Array.isArray(value)) {
    const without = value.map((_, index) => value.toSpliced(index, 1));
    const within = value.flatMap((part, index) =>
      shrunk(part).map((less) => value.with(index, less)),
    );
    return [...without, ...within];
  }
  if (typeof value !== 'object' || value === null) return [];
  const entries = Object.entries(value);
  const without = entries.flatMap(([key], index) =>
    lasting.has(key) ? [] : [Object.fromEntries(entries.toSpliced(index, 1))],
  );
  const within = entries.flatMap(([key, part]) =>
    shrunk(part).map((less) => ({ ...value, [key]: less })),
  );
  return [...without, ...within];
}

function smallerNumbers(value: number): number[] {
  const half = Number.isInteger(value) ? Math.trunc(value / 2) : value / 2;
  const isSmall = Math.abs(value) < 0.1 || half === value;
  return isSmall ? [] : [half, ...(Number.isInteger(value) && value > 2 ? [value - 1] : [])];
}

function shorterTimes(value: string): string[] {
  const time = /^(\d+)ms$/.exec(value);
  if (time === null || Number(time[1]) < 2) return [];
  return [`${Math.trunc(Number(time[1]) / 2)}ms`];
}
