import { round } from '../../reports/round.ts';

/** With the fleet on all the time; null where it makes no tokens. */
export function usdPerMillionTokens(usdPerHour: number, tokensPerS: number): number | null {
  return tokensPerS > 0 ? round((1e6 * usdPerHour) / (3_600 * tokensPerS)) : null;
}
