import { formatUsd } from '../../reports/format.ts';
import { byRank, keepsSlo } from '../../reports/scoreboard.ts';
import type { StrategySummary, Verdict } from '../../reports/summary.ts';

/** Says as well what one would rent: of all that keep the SLO the cheapest, and there the best. */
export function withCheapest(verdict: Verdict, strategies: readonly StrategySummary[]): Verdict {
  const keeping = byRank({ strategies: [...strategies], verdict }).filter(keepsSlo);
  const priced = keeping.flatMap(({ cost, name }) =>
    typeof cost?.usdPerHour === 'number' ? [{ name, usdPerHour: cost.usdPerHour }] : [],
  );
  const cheapest = priced.toSorted((a, b) => a.usdPerHour - b.usdPerHour)[0];
  return { ...verdict, sentence: `${verdict.sentence} ${cheapestText(keeping.length, cheapest)}` };
}

function cheapestText(
  keeping: number,
  cheapest: { readonly name: string; readonly usdPerHour: number } | undefined,
): string {
  if (keeping === 0) return 'None of them keeps the SLO.';
  if (cheapest === undefined) return 'Nobody quotes a price of those that keep the SLO.';
  return `The cheapest that keeps the SLO: ${cheapest.name}, ${formatUsd(cheapest.usdPerHour)} an hour.`;
}
