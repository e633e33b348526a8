/**
 * Where a price is asked: the three big clouds, clouds that rent out little but GPUs, marketplaces
 * of private and small machines, or the median over all of them.
 */
export type PriceTier = 'hyperscaler' | 'specialised' | 'long-tail' | 'median';

export interface Price {
  /** Names of the catalogue. */
  readonly gpus: readonly string[];
  readonly market: 'on-demand' | 'spot';
  readonly tier: PriceTier;
  readonly lowUsdPerGpuHour: number;
  readonly highUsdPerGpuHour: number;
  /** When it was asked, as exactly as the source says; every report prints it. */
  readonly date: string;
  readonly source: string;
  /** False for list prices from memory: good for a scenario's default, not for a decision. */
  readonly verified: boolean;
}

const survey = { date: 'May 2026', source: 'mercatus-ai.com', verified: true } as const;
const listed = { date: 'undated', source: 'list price from memory', verified: false } as const;

const a10080 = ['A100-80GB-SXM', 'A100-80GB-PCIe'] as const;
const h100 = ['H100-SXM'] as const;
const h200 = ['H200-SXM'] as const;

/** Prices are data with a date. Nothing else in Fairlead knows one. */
export const prices: readonly Price[] = [
  onDemand(a10080, 'hyperscaler', [1.5, 3], survey),
  onDemand(a10080, 'specialised', [1.1, 1.5], survey),
  onDemand(a10080, 'long-tail', [0.8, 1.1], survey),
  onDemand(h100, 'hyperscaler', [3.5, 5], survey),
  onDemand(h100, 'specialised', [2.5, 3.5], survey),
  onDemand(h100, 'long-tail', [1.99, 2.5], survey),
  onDemand(h200, 'hyperscaler', [4.5, 7], survey),
  onDemand(h200, 'specialised', [3.5, 4.5], survey),
  onDemand(h200, 'long-tail', [2.5, 3.5], survey),
  onDemand(h100, 'median', [2.95, 2.95], {
    date: 'May 2026',
    source: 'aimultiple.com, 37 providers',
    verified: true,
  }),
  spot(a10080, 'specialised', [0.86, 0.86], {
    date: 'January 2026',
    source: 'aiapiplaybook',
    verified: true,
  }),
  // 50 to 65 % below the on-demand 2.49 to 2.85 of the same survey.
  spot(h100, 'specialised', [0.87, 1.43], {
    date: 'Q1 2026',
    source: 'digiterialabs, from its on-demand prices and discounts',
    verified: true,
  }),
  onDemand(['T4'], 'hyperscaler', [0.526, 0.526], { ...listed, source: 'AWS g4dn.xlarge' }),
  spot(['T4'], 'hyperscaler', [0.16, 0.25], { ...listed, source: 'AWS g4dn.xlarge' }),
  onDemand(['L4'], 'hyperscaler', [0.805, 0.805], { ...listed, source: 'AWS g6.xlarge' }),
  onDemand(['A10G'], 'hyperscaler', [1.006, 1.006], { ...listed, source: 'AWS g5.xlarge' }),
  spot(['A10G'], 'hyperscaler', [0.4, 0.6], { ...listed, source: 'AWS g5.xlarge' }),
  onDemand(['L40S'], 'hyperscaler', [1.861, 1.861], { ...listed, source: 'AWS g6e.xlarge' }),
  onDemand(['L40S'], 'specialised', [0.8, 1], listed),
  onDemand(['RTX-3090'], 'long-tail', [0.2, 0.45], listed),
  onDemand(['RTX-4090'], 'long-tail', [0.34, 0.7], listed),
  onDemand(['RTX-5090'], 'long-tail', [0.7, 0.95], listed),
  onDemand(['B200-SXM'], 'specialised', [4, 6], listed),
  onDemand(['B200-SXM'], 'hyperscaler', [14, 14], { ...listed, source: 'AWS' }),
  onDemand(['MI300X'], 'specialised', [1.9, 3.5], listed),
];

type Origin = Pick<Price, 'date' | 'source' | 'verified'>;
type Range = readonly [low: number, high: number];

function onDemand(gpus: readonly string[], tier: PriceTier, range: Range, origin: Origin): Price {
  return quote(gpus, { market: 'on-demand', tier, ...origin }, range);
}

function spot(gpus: readonly string[], tier: PriceTier, range: Range, origin: Origin): Price {
  return quote(gpus, { market: 'spot', tier, ...origin }, range);
}

function quote(
  gpus: readonly string[],
  rest: Omit<Price, 'gpus' | 'lowUsdPerGpuHour' | 'highUsdPerGpuHour'>,
  [lowUsdPerGpuHour, highUsdPerGpuHour]: Range,
): Price {
  return { gpus, ...rest, lowUsdPerGpuHour, highUsdPerGpuHour };
}
