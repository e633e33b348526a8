import { defineLength } from '../lengths.ts';
import { positive, tokens } from '../quantities.ts';
import { clampProblem } from './clamp.ts';

export default defineLength({
  kind: 'zipf',
  summary: 'A power law: the chance of a length n is in proportion to n^-exponent.',
  options: {
    exponent: positive({ min: 0.01, max: 20, example: 1.2 }),
    min: tokens().default(1).describe('The shortest and likeliest.'),
    max: tokens().describe('The longest.'),
  },
  problem: clampProblem,
  create: ({ exponent, min, max }, random) => ({
    next: rejectionInversion({ exponent, min, max, random }),
  }),
});

interface PowerLaw {
  readonly exponent: number;
  readonly min: number;
  readonly max: number;
  random(): number;
}

/**
 * Rejection-inversion (Hörmann and Derflinger 1996): a point under the continuous power law is
 * drawn by inversion, and kept when it lies under the bar of its whole number. It needs no table,
 * however long the longest length is.
 */
function rejectionInversion({ exponent, min, max, random }: PowerLaw): () => number {
  const barOf = (n: number) => Math.exp(-exponent * Math.log(n));
  const areaTo = (x: number) => {
    const log = Math.log(x);
    return log * ratio(Math.expm1, (1 - exponent) * log);
  };
  const inverse = (area: number) => {
    return Math.exp(area * ratio(Math.log1p, (1 - exponent) * area));
  };
  const from = areaTo(min + 0.5) - barOf(min);
  const until = areaTo(max + 0.5);
  return () => {
    for (;;) {
      const area = until + random() * (from - until);
      const n = Math.min(max, Math.max(min, Math.round(inverse(area))));
      if (area >= areaTo(n + 0.5) - barOf(n)) return n;
    }
  };
}

/** `f(t) / t` for a function that is its argument near zero; there lies the exponent 1. */
function ratio(f: (t: number) => number, t: number): number {
  return t === 0 ? 1 : f(t) / t;
}
