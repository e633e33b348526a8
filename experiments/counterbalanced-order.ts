import { assert } from '../core/assert.ts';

/**
 * In which order to measure things on a machine that remembers what ran before: it gets warm, its
 * caches fill, the neighbours wake up. A Williams design (E. J. Williams, 1949): over a whole round
 * everything stands equally often in every place and equally often right after everything else.
 * Each second order is the one before it backwards, so any even number of repetitions already
 * cancels a drift that is steady. A round is as many repetitions as there are things, and twice
 * that where their number is odd.
 */
export function counterbalancedOrders<T>(things: readonly T[], repetitions: number): T[][] {
  assert(Number.isInteger(repetitions) && repetitions >= 0, `${repetitions} repetitions`);
  if (things.length === 0) return Array.from({ length: repetitions }, () => []);
  const round = roundOf(things.length);
  return Array.from({ length: repetitions }, (_, repetition) =>
    round[repetition % round.length]!.map((place) => things[place]!),
  );
}

/** How many repetitions make a whole round, after which the design is balanced. */
export function repetitionsOfRound(things: number): number {
  return roundOf(things).length;
}

function roundOf(things: number): number[][] {
  const first = zigzag(things);
  // Of an even number the orders backwards are the other half of the square already.
  const squareRows = things % 2 === 0 ? things / 2 : things;
  const pairs = Array.from({ length: squareRows }, (_, shift) => {
    const row = first.map((place) => (place + shift) % things);
    return [row, row.toReversed()];
  });
  // One thing alone has but one order.
  return things === 1 ? [first] : pairs.flat();
}

/** 0, 1, n - 1, 2, n - 2, …: between neighbours every difference occurs, modulo n. */
function zigzag(things: number): number[] {
  return Array.from({ length: things }, (_, place) =>
    place % 2 === 1 ? (place + 1) / 2 : (things - place / 2) % things,
  );
}
