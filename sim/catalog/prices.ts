import { type Price, prices } from './price-list.ts';

export type { Price, PriceTier } from './price-list.ts';

/** What is known of a card, dearest first; nothing for cards nobody quotes. */
export function pricesOf(gpu: string): Price[] {
  return prices
    .filter((price) => price.gpus.includes(gpu))
    .sort((a, b) => b.highUsdPerGpuHour - a.highUsdPerGpuHour);
}

/**
 * One figure for a cost: the middle of the range of the tier asked for, else of the first tier that
 * quotes the card, in the order in which most people shop. Undefined where nobody does.
 */
export function usdPerGpuHour(
  gpu: string,
  { market = 'on-demand', tier }: { market?: Price['market']; tier?: Price['tier'] } = {},
): { readonly usd: number; readonly price: Price } | undefined {
  const known = pricesOf(gpu).filter((price) => price.market === market);
  const wanted = tier === undefined ? tiersByUse : [tier];
  for (const next of wanted) {
    const price = known.find((candidate) => candidate.tier === next);
    if (price === undefined) continue;
    return { usd: (price.lowUsdPerGpuHour + price.highUsdPerGpuHour) / 2, price };
  }
  return undefined;
}

const tiersByUse: readonly Price['tier'][] = ['specialised', 'hyperscaler', 'long-tail', 'median'];
