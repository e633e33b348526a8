import { assert } from '../../core/assert.ts';

/**
 * The value that |t| stays below with the given probability: 0.95 and 9 degrees of freedom give
 * 2.262. Bisection on the exact distribution, which for whole degrees of freedom is a finite sum
 * (Abramowitz and Stegun, 26.7.3 and 26.7.4).
 */
export function studentT(confidence: number, degrees: number): number {
  assert(Number.isInteger(degrees) && degrees >= 1, `${degrees} degrees of freedom`);
  assert(confidence > 0 && confidence < 1, `a confidence of ${confidence}`);
  let low = 0;
  let high = 1;
  while (probabilityWithin(high, degrees) < confidence) high *= 2;
  for (let i = 0; i < 100 && low < high; i++) {
    const middle = (low + high) / 2;
    if (probabilityWithin(middle, degrees) < confidence) low = middle;
    else high = middle;
  }
  return high;
}

/** P(|T| <= t). */
export function probabilityWithin(t: number, degrees: number): number {
  const cosSquared = degrees / (degrees + t * t);
  const sin = t / Math.sqrt(degrees + t * t);
  const odd = degrees % 2 === 1;
  let term = odd ? Math.sqrt(cosSquared) : 1;
  let sum = degrees === 1 ? 0 : term;
  for (let k = odd ? 3 : 2; k <= degrees - 2; k += 2) {
    term *= ((k - 1) / k) * cosSquared;
    sum += term;
  }
  if (!odd) return sin * sum;
  return (2 / Math.PI) * (Math.atan(t / Math.sqrt(degrees)) + sin * sum);
}
