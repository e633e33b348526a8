import type { z } from 'zod';
import type { MeasuredWindow } from '../core/measured-window.ts';
import { definePlugin, type Plugin } from '../core/plugin.ts';
import type { Random } from '../core/random.ts';

/** Says when the requests of a tenant come. */
export interface ArrivalProcess {
  /** Time of the next arrival, not yet rounded; never before the last one. */
  nextUs(): number;
  /** The rate that was asked for, on average over the window; chance does not move it. */
  meanRps(window: MeasuredWindow): number;
}

export interface ArrivalContext {
  /** The tenant's stream of chance for a purpose, the same at every call. */
  chance(purpose: string): Random;
  /** Multiplies the rate that the options ask for, so that a load can be set by the fleet. */
  readonly rateFactor: number;
}

export type ArrivalPlugin = Plugin<ArrivalProcess, ArrivalContext>;

export function defineArrivals<Shape extends z.ZodRawShape>(
  plugin: Parameters<typeof definePlugin<Shape, ArrivalProcess, ArrivalContext>>[0],
): ArrivalPlugin {
  return definePlugin(plugin);
}
