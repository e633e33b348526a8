import { gammaln } from 'simple-statistics';

/** The regularised incomplete gamma function P(a, x), by its series (DLMF 8.11.4). */
export function gammaP(a: number, x: number): number {
  if (x <= 0) return 0;
  if (x > a + 40 + 12 * Math.sqrt(a)) return 1;
  let term = 1 / a;
  let sum = term;
  for (let n = 1; term > sum * 1e-16; n++) {
    term *= x / (a + n);
    sum += term;
  }
  return Math.min(1, sum * Math.exp(a * Math.log(x) - x - gammaln(a)));
}

/** The distribution function of the standard normal. */
export function normalCdf(z: number): number {
  const tail = (1 - gammaP(0.5, (z * z) / 2)) / 2;
  return z < 0 ? tail : 1 - tail;
}
