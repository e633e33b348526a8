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
