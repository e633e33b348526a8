import type { Random } from '../../../core/random.ts';
import { BadRow, printed } from '../bad-rows.ts';

/** A distribution over few values, with probabilities that add up to one. */
export class ProbabilityTable {
  readonly values: Float64Array;
  /** Up to and including the value. */
  readonly #cumulative: Float64Array;

  constructor(values: readonly number[], weights: readonly number[]) {
    const total = weights.reduce((sum, weight) => sum + weight, 0);
    let sum = 0;
    this.values = Float64Array.from(values);
    this.#cumulative = Float64Array.from(weights, (weight) => {
      sum += weight / total;
      return sum;
    });
  }

  get mean(): number {
    let sum = 0;
    let before = 0;
    for (const [index, value] of this.values.entries()) {
      sum += value * (this.#cumulative[index]! - before);
      before = this.#cumulative[index]!;
    }
    return sum;
  }

  draw(random: Random): number {
    const wanted = random();
    let low = 0;
    let high = this.values.length - 1;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.#cumulative[middle]! > wanted) high = middle;
      else low = middle + 1;
    }
    return this.values[low]!;
  }
}

/**
 * Reads a dictionary as Python prints it, such as `{60: 0.2179, 61: 0.0833}`; undefined for `{}`.
 * The sums in the files are not exactly one.
 */
export function parsePythonDict(text: string): ProbabilityTable | undefined {
  const inside = /^\s*\{([^{}]*)\}\s*$/.exec(text)?.[1];
  if (inside === undefined) throw notADict(text);
  if (inside.trim() === '') return undefined;
  const values: number[] = [];
  const weights: number[] = [];
  for (const pair of inside.split(',')) {
    const colon = pair.indexOf(':');
    const value = pythonNumber(pair.slice(0, colon));
    const weight = pythonNumber(pair.slice(colon + 1));
    if (colon < 0 || !(value >= 0) || !(weight >= 0)) throw notADict(pair);
    values.push(value);
    weights.push(weight);
  }
  if (!weights.some((weight) => weight > 0)) return undefined;
  return new ProbabilityTable(values, weights);
}

function pythonNumber(text: string): number {
  const number = text.trim() === '' ? Number.NaN : Number(text);
  return Number.isFinite(number) ? number : Number.NaN;
}

function notADict(text: string): BadRow {
  const found = printed(text.trim());
  return new BadRow(`${found} is not a Python dictionary such as "{60: 0.2, 61: 0.8}".`);
}
