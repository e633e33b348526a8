import type { PlanSpot } from '../../reports/plan.ts';
import { round } from '../../reports/round.ts';
import type { StrategyChoice } from '../../scenarios/scenario.ts';
import { judgedFleet } from './describe.ts';
import { changedBy, countIn, type Fleet, usdPerHourOf } from './fleet.ts';
import type { FleetJudge } from './judge-fleet.ts';
import { type RaceOptions, race } from './race.ts';
import { cheapestFleet, type Found, type SearchOptions } from './search.ts';

export interface FoundBoth {
  readonly found: Found;
  /** Among fleets without spot replicas, where there are others. */
  readonly onDemand?: Found;
}

/**
 * On demand first: that is what spot has to be cheaper than, for the search as for whoever reads
 * the answer.
 */
export async function searchBoth(options: SearchOptions): Promise<FoundBoth> {
  const cards = options.cards.filter(({ spotOf }) => spotOf === undefined);
  const onDemand = await cheapestFleet({ ...options, cards });
  if (cards.length === options.cards.length) return { found: onDemand };
  return { found: await cheapestFleet({ ...options, known: onDemand }), onDemand };
}

export interface SpotWorthOptions extends Omit<RaceOptions, 'fleet' | 'judgeFor' | 'strategies'> {
  readonly onDemand: Found;
  /** The answer, and the strategy that it is judged under. */
  readonly winner: { readonly fleet: Fleet; readonly strategy: StrategyChoice };
  readonly hardestJudgeFor: RaceOptions['judgeFor'];
  readonly judge: FleetJudge;
}

/** What spot saves, both under the strategy of the answer. */
export async function spotWorth(options: SpotWorthOptions): Promise<PlanSpot> {
  const { hardestJudgeFor: judgeFor, judge, onDemand, winner } = options;
  if (onDemand.best === undefined) {
    return { onDemand: null, savesUsdPerHour: null, savesShare: null };
  }
  const strategies = [winner.strategy];
  const [racer] = await race({ ...options, fleet: onDemand.best, strategies, judgeFor });
  let fleet = onDemand.best;
  const raced = racer!.fleet;
  if (raced !== undefined && (await judge.judge(raced)).kind === 'keeps') fleet = raced;
  const verdict = await judge.judge(fleet);
  const saves = usdPerHourOf(fleet) - usdPerHourOf(winner.fleet);
  return {
    onDemand: judgedFleet({ fleet, verdict }),
    savesUsdPerHour: round(saves),
    savesShare: round(saves / usdPerHourOf(fleet)),
  };
}

/** The same with one replica more on spot, of each kind that is rented both ways. */
export function moreOnSpot({ cards, fleet }: Pick<SearchOptions, 'cards'> & { fleet: Fleet }) {
  return cards.flatMap((spot) => {
    const onDemand = fleet.parts.find(({ card }) => card.group === spot.spotOf)?.card;
    if (onDemand === undefined || countIn(fleet, spot) === 0) return [];
    const less = changedBy(fleet, onDemand, -1);
    return (less && changedBy(less, spot, 1)) ?? [];
  });
}
