/**
 * Six significant digits: more than any figure here deserves, and few enough that the last bit of a
 * sum, which may differ between processors, never reaches a file.
 */
export function round(value: number): number {
  return Number(value.toPrecision(6));
}

export function roundOrNull(value: number | undefined): number | null {
  return value === undefined || !Number.isFinite(value) ? null : round(value);
}
