import { assert } from '../../core/assert.ts';
import { randomStream } from '../../core/random.ts';

/** Up to so many seeds all sign changes are tried: 2^12 of them. */
const mostExact = 12;
const drawnChanges = 5_000;

/**
 * For several figures, measured under the same seeds, the chance of a mean as far above zero as
 * each has, or farther, were it zero in truth; raised for all of them as Holm's method does, so
 * that the chance of even one false alarm stays at the level of one test. But where Holm has to
 * expect the worst, the seeds themselves show how figures move together: were a change by chance,
 * it could as well have been the other way round, for all figures of a seed at once (P. H. Westfall
 * and S. S. Young 1993, the step-down with the largest t, over changes of sign).
 */
export function stepDown(figures: readonly (readonly number[])[]): number[] {
  const seeds = figures[0]?.length ?? 0;
  assert(
    figures.every(({ length }) => length === seeds),
    'figures have the same seeds',
  );
  const all = figures.map((values) => new Figure(values));
  const observed = all.map((figure) => figure.t(unchanged(seeds)));
  const order = observed.map((_t, index) => index).sort((a, b) => observed[b]! - observed[a]!);
  const exceeded = new Uint32Array(figures.length);
  let tried = 0;
  for (const signs of signChanges(seeds)) {
    tried += 1;
    let largest = Number.NEGATIVE_INFINITY;
    // From the least of them on, each against the largest of those that are no more than it.
    for (let rank = order.length - 1; rank >= 0; rank--) {
      const index = order[rank]!;
      largest = Math.max(largest, all[index]!.t(signs));
      if (largest >= observed[index]! - rounding) exceeded[index]! += 1;
    }
  }
  const chances = new Array<number>(figures.length);
  let least = 0;
  for (const index of order) {
    least = Math.max(least, exceeded[index]! / tried);
    chances[index] = least;
  }
  return chances;
}

/** Sums in another order differ in their last digits. */
const rounding = 1e-9;

class Figure {
  readonly #values: Float64Array;
  readonly #squares: number;

  constructor(values: readonly number[]) {
    this.#values = Float64Array.from(values);
    this.#squares = values.reduce((sum, value) => sum + value * value, 0);
  }

  /** Student's t of the mean; values that are all zero are no change. */
  t(signs: Int8Array): number {
    const { length } = this.#values;
    let sum = 0;
    for (let seed = 0; seed < length; seed++) sum += signs[seed]! * this.#values[seed]!;
    if (this.#squares === 0) return 0;
    const spread = Math.max(0, this.#squares - (sum * sum) / length) / (length - 1);
    return sum / length / Math.sqrt(spread / length);
  }
}

function unchanged(seeds: number): Int8Array {
  return new Int8Array(seeds).fill(1);
}

/** All of them, or for many seeds some that are drawn; what was observed is always one. */
function* signChanges(seeds: number): Generator<Int8Array> {
  const signs = unchanged(seeds);
  if (seeds <= mostExact) {
    for (let change = 0; change < 2 ** seeds; change++) {
      for (let seed = 0; seed < seeds; seed++) signs[seed] = (change >> seed) & 1 ? -1 : 1;
      yield signs;
    }
    return;
  }
  yield signs;
  const random = randomStream(1, 'step-down');
  for (let drawn = 1; drawn < drawnChanges; drawn++) {
    for (let seed = 0; seed < seeds; seed++) signs[seed] = random() < 0.5 ? -1 : 1;
    yield signs;
  }
}
