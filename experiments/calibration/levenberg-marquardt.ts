/** A number to be found, between bounds. */
export interface Unknown {
  readonly start: number;
  readonly least: number;
  readonly most: number;
}

export interface CurveFit {
  readonly unknowns: readonly Unknown[];
  /** What is to be near zero, in the same order at every call. */
  residuals(x: readonly number[]): Float64Array;
  /** How much each residual counts. */
  readonly weights: Float64Array;
}

/** Residuals beyond this pull with constant force instead of ever more (soft L1). */
const softness = 0.2;

/**
 * The unknowns with the smallest weighted sum of softened squares, by Levenberg's and Marquardt's
 * damped steps, held inside their bounds. An unknown that the residuals do not depend on stays at
 * its start.
 */
export function fitCurve(fit: CurveFit): number[] {
  let x = fit.unknowns.map(({ start }) => start);
  let residuals = fit.residuals(x);
  let loss = softLoss(residuals, fit.weights);
  let damping = 1e-3;
  for (let round = 0; round < 60; round++) {
    const slope = normalEquations(fit, x, residuals);
    const before = loss;
    for (let attempt = 0; attempt < 12 && loss === before; attempt++) {
      const next = dampedStep(fit.unknowns, x, { ...slope, damping });
      const nextResiduals = fit.residuals(next);
      const nextLoss = softLoss(nextResiduals, fit.weights);
      if (nextLoss < loss) {
        [x, residuals, loss] = [next, nextResiduals, nextLoss];
        damping = Math.max(damping / 4, 1e-9);
      } else {
        damping *= 4;
      }
    }
    if (before - loss <= 1e-7 * before) return x;
  }
  return x;
}

function softLoss(residuals: Float64Array, weights: Float64Array): number {
  return residuals.reduce(
    (sum, value, i) => sum + weights[i]! * (Math.sqrt(1 + (value / softness) ** 2) - 1),
    0,
  );
}

interface NormalEquations {
  readonly curvature: readonly (readonly number[])[];
  readonly gradient: readonly number[];
}

function normalEquations(
  fit: CurveFit,
  x: readonly number[],
  residuals: Float64Array,
): NormalEquations {
  const columns = x.map((value, j) => {
    const { least, most } = fit.unknowns[j]!;
    const size = 1e-5 * (most - least);
    const shift = value + size > most ? -size : size;
    const moved = fit.residuals(x.with(j, value + shift));
    return moved.map((other, i) => (other - residuals[i]!) / shift);
  });
  const soft = residuals.map(
    (value, i) => fit.weights[i]! / Math.sqrt(1 + (value / softness) ** 2),
  );
  const inner = (a: Float64Array, b: Float64Array) => {
    let sum = 0;
    for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]! * soft[i]!;
    return sum;
  };
  return {
    curvature: columns.map((a) => columns.map((b) => inner(a, b))),
    gradient: columns.map((a) => inner(a, residuals)),
  };
}

/** Unknowns at a bound that want to go beyond it are left out of the step. */
function dampedStep(
  unknowns: readonly Unknown[],
  x: readonly number[],
  { curvature, gradient, damping }: NormalEquations & { readonly damping: number },
): number[] {
  const moving = x.flatMap((value, j) => {
    const stuck =
      (value <= unknowns[j]!.least && gradient[j]! > 0) ||
      (value >= unknowns[j]!.most && gradient[j]! < 0);
    return stuck || curvature[j]![j] === 0 ? [] : [j];
  });
  const matrix = moving.map((a) =>
    moving.map((b) => curvature[a]![b]! * (a === b ? 1 + damping : 1)),
  );
  const step = solve(
    matrix,
    moving.map((j) => -gradient[j]!),
  );
  const next = [...x];
  moving.forEach((j, i) => {
    next[j] = Math.min(unknowns[j]!.most, Math.max(unknowns[j]!.least, x[j]! + step[i]!));
  });
  return next;
}

/** Elimination with the largest pivot of each column. */
function solve(matrix: readonly (readonly number[])[], right: readonly number[]): number[] {
  const a = matrix.map((row, i) => [...row, right[i]!]);
  const size = a.length;
  for (let k = 0; k < size; k++) {
    let best = k;
    for (let i = k + 1; i < size; i++) {
      if (Math.abs(a[i]![k]!) > Math.abs(a[best]![k]!)) best = i;
    }
    [a[k], a[best]] = [a[best]!, a[k]!];
    for (let i = k + 1; i < size; i++) {
      const factor = a[i]![k]! / a[k]![k]!;
      for (let j = k; j <= size; j++) a[i]![j]! -= factor * a[k]![j]!;
    }
  }
  const x = new Array<number>(size).fill(0);
  for (let i = size - 1; i >= 0; i--) {
    let rest = a[i]![size]!;
    for (let j = i + 1; j < size; j++) rest -= a[i]![j]! * x[j]!;
    x[i] = rest / a[i]![i]!;
  }
  return x;
}
