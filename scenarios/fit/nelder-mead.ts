export interface Minimum {
  readonly at: readonly number[];
  readonly value: number;
}

export interface SearchOptions {
  readonly start: readonly number[];
  /** Size of the first simplex along each axis. */
  readonly step: number;
  readonly evaluations: number;
}

/**
 * Minimises without derivatives (Nelder and Mead 1965, with their coefficients): a simplex is
 * reflected, stretched or shrunk at its worst corner. Always the same steps for the same function.
 */
export function minimise(
  cost: (at: readonly number[]) => number,
  { evaluations, start, step }: SearchOptions,
): Minimum {
  let left = evaluations;
  const measured = (at: readonly number[]): Minimum => {
    left -= 1;
    return { at, value: cost(at) };
  };
  const corners = [start, ...start.map((_, axis) => moved(start, axis, step))].map(measured);
  while (left > 0) {
    corners.sort((a, b) => a.value - b.value);
    const worst = corners.pop()!;
    const [best, second] = [corners[0]!, corners.at(-1)!];
    const centre = start.map((_, axis) => sum(corners.map(({ at }) => at[axis]!)) / start.length);
    const towards = (factor: number) =>
      measured(centre.map((middle, axis) => middle + factor * (middle - worst.at[axis]!)));
    const reflected = towards(1);
    if (reflected.value < best.value) {
      const stretched = towards(2);
      corners.push(stretched.value < reflected.value ? stretched : reflected);
    } else if (reflected.value < second.value) {
      corners.push(reflected);
    } else {
      const inner = towards(reflected.value < worst.value ? 0.5 : -0.5);
      corners.push(inner);
      if (inner.value >= worst.value) shrink(corners, measured);
    }
  }
  return corners.reduce((least, corner) => (corner.value < least.value ? corner : least));
}

function shrink(corners: Minimum[], measured: (at: readonly number[]) => Minimum): void {
  corners.sort((a, b) => a.value - b.value);
  const best = corners[0]!;
  for (let corner = 1; corner < corners.length; corner++) {
    const { at } = corners[corner]!;
    corners[corner] = measured(at.map((value, axis) => (value + best.at[axis]!) / 2));
  }
}

function moved(start: readonly number[], axis: number, step: number): number[] {
  return start.map((value, other) => (other === axis ? value + step : value));
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
