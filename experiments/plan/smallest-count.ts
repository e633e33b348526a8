export interface CountSearch {
  readonly least: number;
  readonly most: number;
  /** Where the answer is likely to be. */
  readonly start: number;
  readonly isEnough: (count: number) => Promise<boolean>;
}

/**
 * The smallest count that is enough, if all larger ones are: in growing steps away from the start,
 * then by halves. Undefined where the most is not enough.
 */
export async function smallestCount(search: CountSearch): Promise<number | undefined> {
  const { isEnough, least, most, start } = search;
  if (least > most) return undefined;
  let low = least - 1;
  let high = most + 1;
  const look = async (count: number) => {
    const enough = await isEnough(count);
    if (enough) high = count;
    else low = count;
    return enough;
  };
  const from = Math.min(most, Math.max(least, start));
  const goesDown = await look(from);
  for (let step = 1; high - low > 1; step *= 2) {
    const next = goesDown ? Math.max(low + 1, high - step) : Math.min(high - 1, low + step);
    if ((await look(next)) !== goesDown) break;
  }
  while (high - low > 1) await look(Math.floor((low + high) / 2));
  return high > most ? undefined : high;
}
