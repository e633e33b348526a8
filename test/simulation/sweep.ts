import { ZodError } from 'zod';
import { FairleadError } from '../../core/errors.ts';
import { checkWorld, type Played } from './check-world.ts';
import { drawWorld } from './draw-world.ts';
import { type Happening, happenings, happeningsOf } from './happenings.ts';
import { lawOf, shrinkWorld } from './shrink-world.ts';
import type { World } from './world.ts';

/** Seeds that are played in all; more of them may be asked for. */
export const sweptSeeds = Number(process.env['FAIRLEAD_WORLDS'] ?? 5_000);

/** Of so many files that share the seeds, so that as many workers can play them. */
export const shards = 4;

/** How often each thing happened, in shares of the worlds. */
export type Coverage = ReadonlyMap<Happening, number>;

/** Plays every world of a shard, and throws at the first that breaks an invariant. */
export function sweep(shard: number): Coverage {
  const counts = new Map(happenings.map((what) => [what, 0]));
  let worlds = 0;
  for (let seed = shard; seed < sweptSeeds; seed += shards) {
    worlds += 1;
    // To play a world twice takes twice as long.
    const played = playOrExplain(drawWorld(seed), worlds % 5 === 0);
    for (const what of happeningsOf(played)) counts.set(what, counts.get(what)! + 1);
  }
  return new Map([...counts].map(([what, count]) => [what, count / worlds]));
}

export function playOrExplain(world: World, isTwice = true): Played {
  try {
    return checkWorld(world, { isTwice });
  } catch (error) {
    throw new Error(explain(world, messageOf(error)), { cause: error });
  }
}

/** What went wrong, how to see it again, and the smallest world in which it does. */
export function explain(world: World, complaint: string): string {
  const smallest = shrinkWorld(world, complaintOf);
  const isSame = lawOf(complaintOf(smallest)) === lawOf(complaint);
  const command = (which: string) =>
    `FAIRLEAD_WORLD='${which}' npx vitest run test/simulation/named-worlds.test.ts`;
  return [
    `world ${world.seed}: ${complaint}`,
    `To see it again: ${command(String(world.seed))}`,
    ...(isSame ? [`Smaller: ${command(JSON.stringify(smallest))}`] : []),
  ].join('\n');
}

/** A world that no file could hold has nothing wrong with it. */
export function complaintOf(world: World): string | undefined {
  try {
    checkWorld(world);
    return undefined;
  } catch (error) {
    const isRefused = error instanceof FairleadError || error instanceof ZodError;
    return isRefused ? undefined : messageOf(error);
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
