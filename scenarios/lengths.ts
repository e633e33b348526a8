import type { z } from 'zod';
import { definePlugin, type Plugin } from '../core/plugin.ts';
import type { Random } from '../core/random.ts';

/** Draws a number of tokens, at least one. */
export interface LengthDistribution {
  next(): number;
}

export type LengthPlugin = Plugin<LengthDistribution, Random>;

export function defineLength<Shape extends z.ZodRawShape>(
  plugin: Parameters<typeof definePlugin<Shape, LengthDistribution, Random>>[0],
): LengthPlugin {
  return definePlugin(plugin);
}
