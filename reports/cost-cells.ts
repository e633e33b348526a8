import { formatUsd, usdFigure } from './format.ts';
import type { Comparison, StrategySummary } from './summary.ts';

/** Heads of the columns that a comparison of several fleets has besides. */
export function costHeads({ fleets }: Pick<Comparison, 'fleets'>): string[] {
  return fleets === undefined ? [] : ['$/h', '$/M tokens'];
}

/** Their cells; empty where no fleets are compared. */
export function costCells({ cost }: StrategySummary): string[] {
  if (cost === undefined) return [];
  return [cost.usdPerHour, cost.usdPerMillionTokens].map((usd) =>
    usd === null ? '–' : usdFigure(usd),
  );
}

/** Each fleet with what it costs, and where that is known from. */
export function fleetLines({ fleets = [] }: Pick<Comparison, 'fleets'>): string[] {
  return fleets.map(({ label, prices, usdPerHour }) => {
    const cost = usdPerHour === null ? 'no price' : `${formatUsd(usdPerHour)} an hour`;
    return `${label}: ${cost}; ${prices.join('; ')}`;
  });
}
