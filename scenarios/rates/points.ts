import { z } from 'zod';
import { US_PER_S, usOf } from '../../core/time.ts';
import { duration } from '../quantities.ts';

const weekUs = 168 * 3_600 * US_PER_S;

/** Rates with the times from which, or at which, they hold. */
export function ratePoints() {
  const point = z.strictObject({
    at: duration({ minUs: 0, maxUs: weekUs, example: '5m' }).describe('Time from the start.'),
    rate: z
      .number()
      .min(0)
      .max(100_000)
      .meta({ examples: [16] })
      .describe('Requests per second.'),
  });
  return z
    .array(point)
    .min(1)
    .max(10_000)
    .meta({
      examples: [
        [
          { at: '0s', rate: 8 },
          { at: '5m', rate: 16 },
        ],
      ],
    })
    .describe('In the order of time, the first at 0s; the last rate holds until the end.');
}

export type RatePoints = z.output<ReturnType<typeof ratePoints>>;

export function pointsProblem(points: RatePoints): string | undefined {
  const timesUs = points.map(({ at }) => usOf(at));
  if (timesUs[0] !== 0) return `the first rate is at ${points[0]!.at}. Write "at: 0s" there.`;
  const late = timesUs.findIndex((timeUs, index) => timeUs <= timesUs[index - 1]!);
  if (late > 0) return `${points[late]!.at} does not come after ${points[late - 1]!.at}.`;
  if (points.at(-1)!.rate > 0) return undefined;
  return 'the last rate holds until the end of the run, so it is more than 0. Write 0.001 for next to none.';
}

/** Each point with its time as a number, and how long it is until the next. */
export function timedPoints(points: RatePoints) {
  const timesUs = points.map(({ at }) => usOf(at));
  return points.map(({ rate }, index) => ({
    rps: rate,
    lengthUs: (timesUs[index + 1] ?? Number.POSITIVE_INFINITY) - timesUs[index]!,
  }));
}
