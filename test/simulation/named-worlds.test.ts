import { test } from 'vitest';
import { drawWorld } from './draw-world.ts';
import { playOrExplain } from './sweep.ts';
import type { World } from './world.ts';

/** A seed, or a whole world as JSON: what a sweep prints when it has found something. */
const asked = process.env['FAIRLEAD_WORLD'] ?? '0';

function worldOf(text: string): World {
  return text.startsWith('{') ? (JSON.parse(text) as World) : drawWorld(Number(text));
}

test(`every invariant holds in world ${asked.slice(0, 40)}`, () => {
  playOrExplain(worldOf(asked));
}, 600_000);
