import type { z } from 'zod';
import type { MeasuredWindow } from '../core/measured-window.ts';
import { definePlugin, type Plugin } from '../core/plugin.ts';
import { US_PER_S } from '../core/time.ts';

/**
 * A rate that changes with time, told by its integral: an arrival process of rate one becomes one
 * of this rate by reading its clock through `timeOf`. No curve ever stays at zero for good, so that
 * there always is a next arrival.
 */
export interface RateCurve {
  /** Requests expected from the start of the run until then: the integral of the rate. */
  expectedBy(timeUs: number): number;
  /** The earliest time by which so many are expected: the inverse of `expectedBy`. */
  timeOf(expected: number): number;
}

export type RatePlugin = Plugin<RateCurve, undefined>;

export function defineRate<Shape extends z.ZodRawShape>(
  plugin: Parameters<typeof definePlugin<Shape, RateCurve, undefined>>[0],
): RatePlugin {
  return definePlugin(plugin);
}

export function flatRate(rps: number): RateCurve {
  const perUs = rps / US_PER_S;
  return { expectedBy: (timeUs) => timeUs * perUs, timeOf: (expected) => expected / perUs };
}

export function scaledRate(curve: RateCurve, factor: number): RateCurve {
  return {
    expectedBy: (timeUs) => factor * curve.expectedBy(timeUs),
    timeOf: (expected) => curve.timeOf(expected / factor),
  };
}

export function meanRps(curve: RateCurve, { fromUs, untilUs }: MeasuredWindow): number {
  const expected = curve.expectedBy(untilUs) - curve.expectedBy(fromUs);
  return (expected * US_PER_S) / (untilUs - fromUs);
}
