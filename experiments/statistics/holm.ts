/**
 * The p-values of several tests, raised so that the chance of even one false alarm among them stays
 * at the level of one test (Holm 1979): the smallest counts as often as there are tests, the next
 * one time less, and none less than one before it.
 */
export function holm(pValues: readonly number[]): number[] {
  const order = pValues.map((_value, index) => index).sort((a, b) => pValues[a]! - pValues[b]!);
  const adjusted = new Array<number>(pValues.length);
  let largest = 0;
  for (const [rank, index] of order.entries()) {
    largest = Math.max(largest, Math.min(1, (pValues.length - rank) * pValues[index]!));
    adjusted[index] = largest;
  }
  return adjusted;
}
