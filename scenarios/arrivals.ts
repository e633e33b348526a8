import type { z } from 'zod';
import { definePlugin, type Plugin } from '../core/plugin.ts';
import type { Random } from '../core/random.ts';

/** Says when the next request of a tenant comes. */
export interface ArrivalProcess {
  /** Time from one arrival to the next, not yet rounded. */
  nextGapUs(): number;
}

export type ArrivalPlugin = Plugin<ArrivalProcess, Random>;

export function defineArrivals<Shape extends z.ZodRawShape>(
  plugin: Parameters<typeof definePlugin<Shape, ArrivalProcess, Random>>[0],
): ArrivalPlugin {
  return definePlugin(plugin);
}
