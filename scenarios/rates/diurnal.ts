import { z } from 'zod';
import { US_PER_S } from '../../core/time.ts';
import { rateRps } from '../quantities.ts';
import { defineRate } from '../rates.ts';
import { piecewiseRate, repeatedRate } from './piecewise.ts';

const hourUs = 3_600 * US_PER_S;

const factor = z
  .number()
  .min(0)
  .max(1_000)
  .meta({ examples: [1] });

export default defineRate({
  kind: 'diurnal',
  summary: 'The hours of a day, over and over: steps, so that every hour keeps its volume.',
  options: {
    mean: rateRps(),
    hours: z
      .array(factor)
      .length(24)
      .describe('The rate of each hour from midnight, relative to each other.'),
    days: z
      .array(factor)
      .min(1)
      .max(366)
      .default([1])
      .describe('The volume of each day, relative to each other; then they repeat.'),
    startHour: z
      .int()
      .min(0)
      .max(23)
      .default(0)
      .meta({ examples: [8] })
      .describe('The hour of the first day at which the run starts.'),
  },
  problem({ hours, days }) {
    if (hours.some((hour) => hour > 0) && days.some((day) => day > 0)) return undefined;
    return 'nothing ever comes. Write at least one hour and one day above 0.';
  },
  create({ mean, hours, days, startHour }) {
    const factors = days.flatMap((day) => hours.map((hour) => day * hour));
    const perFactor = mean / (sum(factors) / factors.length);
    const fromStart = [...factors.slice(startHour), ...factors.slice(0, startHour)];
    const pieces = fromStart.map((relative) => {
      const rps = relative * perFactor;
      return { lengthUs: hourUs, fromRps: rps, toRps: rps };
    });
    return repeatedRate(piecewiseRate(pieces), pieces.length * hourUs);
  },
});

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
