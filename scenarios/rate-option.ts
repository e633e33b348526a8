import { z } from 'zod';
import { createPlugin, pluginUnion } from '../core/plugin.ts';
import { rateRps } from './quantities.ts';
import { rates } from './rates/registry.ts';
import { flatRate, type RateCurve } from './rates.ts';

/** A number of requests per second, or a curve of them over time. */
export function rateOption() {
  return z
    .union([rateRps(), pluginUnion(rates)])
    .meta({ examples: [16] })
    .optional()
    .describe(
      'Requests per second: a number, or a curve over time; where a load is given, only its shape.',
    );
}

export type RateOption = z.output<ReturnType<typeof rateOption>>;

/** Without a rate it is one, for a load to multiply. */
export function createRate(option: RateOption = 1): RateCurve {
  return typeof option === 'number' ? flatRate(option) : createPlugin(rates, option, undefined);
}
