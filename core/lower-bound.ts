/** Index of the first of `length` entries that is not below the value; `length` if all are. */
export function lowerBound(
  ascending: ArrayLike<number>,
  value: number,
  length = ascending.length,
): number {
  let low = 0;
  let high = length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (ascending[middle]! < value) low = middle + 1;
    else high = middle;
  }
  return low;
}
