import type { StrategyChoice } from '../../scenarios/scenario.ts';
import { changedBy, countIn, type Fleet, mainCard, replicasOf, usdPerHourOf } from './fleet.ts';
import type { FleetJudge } from './judge-fleet.ts';
import { smallestCount } from './smallest-count.ts';

export interface RaceOptions {
  /** The cheapest fleet under the strategy that the search was made with. */
  readonly fleet: Fleet;
  readonly searchedWith: StrategyChoice;
  readonly strategies: readonly StrategyChoice[];
  readonly maxReplicas: number;
  readonly minReplicas: number;
  readonly judgeFor: (strategy: StrategyChoice) => FleetJudge;
}

export interface Racer {
  readonly strategy: StrategyChoice;
  /** The smallest that it keeps the SLO with; undefined where none within the limits does. */
  readonly fleet: Fleet | undefined;
}

/** How many replicas of the main kind each strategy needs, the rest of the fleet as it is. */
export async function race(options: RaceOptions): Promise<Racer[]> {
  const racers: Racer[] = [];
  for (const strategy of options.strategies) {
    const isKnown = strategy === options.searchedWith;
    const fleet = isKnown ? options.fleet : await smallestFleet(strategy, options);
    racers.push({ strategy, fleet });
  }
  return racers.sort((a, b) => usdOf(a) - usdOf(b));
}

async function smallestFleet(
  strategy: StrategyChoice,
  { fleet, judgeFor, maxReplicas, minReplicas }: RaceOptions,
): Promise<Fleet | undefined> {
  const judge = judgeFor(strategy);
  const card = mainCard(fleet);
  const now = countIn(fleet, card);
  const others = replicasOf(fleet) - now;
  const withCount = (count: number) => changedBy(fleet, card, count - now)!;
  const count = await smallestCount({
    least: Math.max(1, minReplicas - others),
    most: maxReplicas - others,
    start: now,
    isEnough: async (count) => (await judge.judge(withCount(count))).kind === 'keeps',
  });
  return count === undefined ? undefined : withCount(count);
}

function usdOf({ fleet }: Racer): number {
  return fleet === undefined ? Number.POSITIVE_INFINITY : usdPerHourOf(fleet);
}

/** Who needs least; of equals the one that the search was made with. */
export function raceWinner(
  racers: readonly Racer[],
  first: { readonly fleet: Fleet; readonly strategy: StrategyChoice },
): { readonly fleet: Fleet; readonly strategy: StrategyChoice } {
  let best = first;
  for (const { fleet, strategy } of racers) {
    if (fleet === undefined || usdPerHourOf(fleet) >= usdPerHourOf(best.fleet)) continue;
    best = { fleet, strategy };
  }
  return best;
}
