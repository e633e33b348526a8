export function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

export function variance(values: readonly number[]): number {
  const center = mean(values);
  return values.reduce((sum, value) => sum + (value - center) ** 2, 0) / (values.length - 1);
}

/** The largest distance between the empirical and the given distribution function. */
export function kolmogorovSmirnov(
  values: readonly number[],
  distribution: (value: number) => number,
): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted.reduce((largest, value, rank) => {
    const expected = distribution(value);
    const above = (rank + 1) / sorted.length - expected;
    return Math.max(largest, above, expected - rank / sorted.length);
  }, 0);
}

/** The mean square around a value that is known, which no sample biases. */
export function meanSquareAround(center: number, values: readonly number[]): number {
  return mean(values.map((value) => (value - center) ** 2));
}

/** Distance of the mean of independent figures, one for each seed, in its standard errors. */
export function errorsFrom(expected: number, figures: readonly number[]): number {
  const standardError = Math.sqrt(variance(figures) / figures.length);
  return Math.abs(mean(figures) - expected) / standardError;
}
