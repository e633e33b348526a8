import fc from 'fast-check';
import type { PairedValues } from '../../experiments/gate/judge.ts';

/** Of one figure over eight seeds, judged by ratios unless told otherwise, and without a floor. */
export function paired(given: Partial<PairedValues> = {}): PairedValues {
  const base = given.base ?? [100, 110, 95, 105, 100, 98, 103, 99];
  return { kind: 'latency', tolerance: 0.05, floorMs: 0, base, head: base, ...given };
}

/** The same latencies, each times a factor of its own. */
export function times(base: readonly number[], factors: readonly number[]): number[] {
  return base.map((ms, seed) => ms * factors[seed]!);
}

const factors = fc.array(fc.double({ min: 0.8, max: 1.25, noNaN: true }), {
  minLength: 8,
  maxLength: 8,
});

/** Figures that are a little better or worse, with tolerances of all sizes. */
export const anyFigure: fc.Arbitrary<PairedValues> = fc
  .tuple(
    fc.array(fc.double({ min: 1, max: 5_000, noNaN: true }), { minLength: 8, maxLength: 8 }),
    factors,
    fc.constantFrom(0, 0.01, 0.05, 0.1),
  )
  .map(([base, each, tolerance]) => paired({ base, head: times(base, each), tolerance }));

export const anyFigures = fc.array(anyFigure, { minLength: 1, maxLength: 6 });
