/** Lengths by how often they occur: exact, and small however long the trace is. */
export class LengthFacts {
  readonly #times = new Map<number, number>();
  #count = 0;
  #sum = 0;

  add(tokens: number): void {
    this.#times.set(tokens, (this.#times.get(tokens) ?? 0) + 1);
    this.#count += 1;
    this.#sum += tokens;
  }

  result() {
    const byLength = [...this.#times].sort(([a], [b]) => a - b);
    const quantile = (q: number) => quantileOf(byLength, q * (this.#count - 1));
    return {
      sum: this.#sum,
      mean: this.#sum / this.#count,
      min: quantile(0),
      p50: quantile(0.5),
      p90: quantile(0.9),
      p99: quantile(0.99),
      max: quantile(1),
    };
  }
}

/** By linear interpolation between the two values around a rank (type 7). */
function quantileOf(byLength: readonly (readonly [number, number])[], rank: number): number {
  const [low, high] = [Math.floor(rank), Math.ceil(rank)];
  let before = 0;
  let atLow = Number.NaN;
  for (const [tokens, times] of byLength) {
    before += times;
    if (Number.isNaN(atLow) && before > low) atLow = tokens;
    if (before > high) return atLow + (tokens - atLow) * (rank - low);
  }
  return Number.NaN;
}
