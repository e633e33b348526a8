import { mean, sampleStandardDeviation } from 'simple-statistics';
import { probabilityWithin, studentT } from './student-t.ts';

/**
 * The chance of a mean this far above the limit, or farther, if the truth were the limit itself.
 * Values that are all the same leave no doubt.
 */
export function chanceAbove(values: readonly number[], limit: number): number {
  const { distance, error } = distanceOf(values, limit);
  if (error === 0) return distance > 0 ? 0 : 1;
  const t = distance / error;
  const tail = (1 - probabilityWithin(Math.abs(t), values.length - 1)) / 2;
  return t > 0 ? tail : 1 - tail;
}

/** What the mean in truth is below with the confidence 1 - level. */
export function upperBound(values: readonly number[], level: number): number {
  const { distance, error } = distanceOf(values, 0);
  return distance + studentT(1 - 2 * level, values.length - 1) * error;
}

/**
 * How many more seeds would show with a power of 80 % that the mean is below the limit, if it is
 * where it seems to be; undefined where it does not seem to be below at all.
 */
export function seedsMissing(
  values: readonly number[],
  limit: number,
  level: number,
): number | undefined {
  const { distance } = distanceOf(values, limit);
  if (distance >= 0) return undefined;
  const degrees = values.length - 1;
  const reach = studentT(1 - 2 * level, degrees) + studentT(0.6, degrees);
  const needed = Math.ceil(((reach * sampleStandardDeviation([...values])) / distance) ** 2);
  return Math.max(1, needed - values.length);
}

function distanceOf(values: readonly number[], limit: number) {
  const error = sampleStandardDeviation([...values]) / Math.sqrt(values.length);
  return { distance: mean([...values]) - limit, error };
}
