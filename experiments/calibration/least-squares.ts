/** A system of equations row · x = right side, to be met as well as possible. */
export interface LinearSystem {
  readonly rows: readonly (readonly number[])[];
  readonly right: readonly number[];
}

/**
 * The x >= 0 with the smallest sum of squared differences, by the active-set method of Lawson and
 * Hanson (Solving Least Squares Problems, 1974, chapter 23). Columns are scaled to length one, and
 * the rows are first reduced to a triangle, so that every further step is small.
 */
export function nonNegativeLeastSquares(system: LinearSystem): number[] {
  const columns = system.rows[0]!.length;
  const lengths = Array.from({ length: columns }, (_, j) =>
    Math.sqrt(system.rows.reduce((sum, row) => sum + row[j]! ** 2, 0)),
  );
  const scaled = system.rows.map((row) => row.map((value, j) => value / (lengths[j]! || 1)));
  const solution = lawsonHanson(triangle({ rows: scaled, right: system.right }));
  return solution.map((value, j) => value / (lengths[j]! || 1));
}

function lawsonHanson(system: LinearSystem): number[] {
  const columns = system.rows[0]!.length;
  const x = new Array<number>(columns).fill(0);
  const free = new Array<boolean>(columns).fill(false);
  for (let step = 0; step < 10 * columns; step++) {
    const entering = steepest(gradient(system, x), free);
    if (entering === undefined) return x;
    free[entering] = true;
    moveToOptimum(system, x, free);
  }
  throw new Error('the least squares did not settle');
}

/** How fast the error falls with each unknown. */
function gradient({ rows, right }: LinearSystem, x: readonly number[]): number[] {
  const fall = new Array<number>(x.length).fill(0);
  rows.forEach((row, i) => {
    const residual = right[i]! - row.reduce((sum, value, j) => sum + value * x[j]!, 0);
    row.forEach((value, j) => {
      fall[j]! += value * residual;
    });
  });
  return fall;
}

/** Below this, a gradient is rounding: columns have length one, right sides are about one. */
const noGain = 1e-9;

function steepest(fall: readonly number[], free: readonly boolean[]): number | undefined {
  let best: number | undefined;
  fall.forEach((value, j) => {
    if (!free[j] && value > noGain && (best === undefined || value > fall[best]!)) best = j;
  });
  return best;
}

/** Goes to the optimum of the free unknowns, freezing each that would turn negative on the way. */
function moveToOptimum(system: LinearSystem, x: number[], free: boolean[]): void {
  while (free.includes(true)) {
    const aim = optimum(system, free);
    let share = 1;
    aim.forEach((value, j) => {
      if (free[j] && value <= 0) share = Math.min(share, x[j]! / (x[j]! - value));
    });
    aim.forEach((value, j) => {
      if (!free[j]) return;
      x[j] = share === 1 ? value : x[j]! + share * (value - x[j]!);
      if (value <= 0 && x[j]! <= 1e-15) {
        x[j] = 0;
        free[j] = false;
      }
    });
    if (share === 1) return;
  }
}

function optimum(system: LinearSystem, free: readonly boolean[]): number[] {
  const indices = free.flatMap((isFree, j) => (isFree ? [j] : []));
  const small = triangle({
    rows: system.rows.map((row) => indices.map((j) => row[j]!)),
    right: system.right,
  });
  const x = new Array<number>(free.length).fill(0);
  for (let i = indices.length - 1; i >= 0; i--) {
    let rest = small.right[i]!;
    for (let k = i + 1; k < indices.length; k++) rest -= small.rows[i]![k]! * x[indices[k]!]!;
    const pivot = small.rows[i]![i]!;
    // A column that the others already span adds nothing.
    x[indices[i]!] = Math.abs(pivot) > 1e-9 ? rest / pivot : 0;
  }
  return x;
}

/** The same least-squares problem with no more rows than columns, by Householder reflections. */
function triangle({ rows, right }: LinearSystem): LinearSystem {
  const columns = rows[0]!.length;
  const a = rows.map((row, i) => [...row, right[i]!]);
  const size = Math.min(columns, a.length);
  for (let k = 0; k < size; k++) {
    const length = Math.sqrt(a.slice(k).reduce((sum, row) => sum + row[k]! ** 2, 0));
    if (length === 0) continue;
    const alpha = a[k]![k]! > 0 ? -length : length;
    const mirror = a.slice(k).map((row, i) => row[k]! - (i === 0 ? alpha : 0));
    const half = length * length - alpha * a[k]![k]!;
    for (let j = k; j <= columns; j++) {
      let along = 0;
      for (let i = k; i < a.length; i++) along += mirror[i - k]! * a[i]![j]!;
      for (let i = k; i < a.length; i++) a[i]![j]! -= (along / half) * mirror[i - k]!;
    }
  }
  const top = a.slice(0, size);
  return {
    rows: top.map((row, i) => row.slice(0, columns).map((value, j) => (j < i ? 0 : value))),
    right: top.map((row) => row[columns]!),
  };
}
