import type { PlanCause } from '../../reports/plan.ts';
import { round } from '../../reports/round.ts';
import {
  fixedInTime,
  type Growth,
  hasPlainPrompts,
  noGrowth,
  withGrowth,
} from '../../scenarios/growth.ts';
import type { Scenario } from '../../scenarios/scenario.ts';
import { changedBy, countIn, type Fleet, mainCard, replicasOf } from './fleet.ts';
import type { FleetJudge } from './judge-fleet.ts';
import type { Situation } from './situations.ts';
import { smallestCount } from './smallest-count.ts';

/** Another world to judge the same fleets in. */
export type Change = (situation: Situation) => Situation;

export interface WhatIfOptions {
  readonly fleet: Fleet;
  readonly scenario: Scenario;
  readonly maxReplicas: number;
  readonly judgeUnder: (change: Change) => FleetJudge;
}

/** Half of the seeds, but not so few that their mean says nothing. */
export function whatIfSeeds(seeds: readonly number[]): readonly number[] {
  return seeds.slice(0, Math.max(3, Math.ceil(seeds.length / 2)));
}

export interface Headroom {
  readonly share: number;
  readonly isAtLeast: boolean;
  readonly breaksFirst: PlanCause | null;
}

const mostGrowth = 1;
const firstStep = 0.1;
const precision = 0.02;

/** How much more traffic the fleet takes, and what gives way first; by means, not by bounds. */
export async function headroomOf(options: WhatIfOptions): Promise<Headroom | null> {
  const { fleet, judgeUnder, scenario } = options;
  if (fixedInTime(scenario) !== undefined) return null;
  const causeAt = async (share: number) => {
    const verdict = await judgeUnder(grownBy({ requests: 1 + share })).judge(fleet);
    return verdict.kind === 'fails' ? verdict.cause : null;
  };
  let low = 0;
  let high = firstStep;
  let breaksFirst = await causeAt(high);
  while (breaksFirst === null && high < mostGrowth) {
    low = high;
    high = Math.min(mostGrowth, 2 * high);
    breaksFirst = await causeAt(high);
  }
  if (breaksFirst === null) return { share: mostGrowth, isAtLeast: true, breaksFirst };
  while (high - low > precision) {
    const middle = (low + high) / 2;
    const cause = await causeAt(middle);
    if (cause === null) low = middle;
    else {
      high = middle;
      breaksFirst = cause;
    }
  }
  return { share: round(low), isAtLeast: false, breaksFirst };
}

export interface WhatIf {
  readonly what: string;
  readonly change: Change;
  /** By what the fleet is likely to grow. */
  readonly guess: number;
}

/** What plans are most often wrong about. */
export function whatIfsOf(scenario: Scenario): WhatIf[] {
  const more = [1.1, 1.25, 1.5].map((requests) => ({
    what: `traffic +${Math.round(100 * (requests - 1))} %`,
    change: grownBy({ requests }),
    guess: requests,
  }));
  const longer = [1.5, 2].map((promptTokens) => ({
    what: `prompts ${promptTokens} times as long`,
    change: grownBy({ promptTokens }),
    guess: 1 + (promptTokens - 1) / 2,
  }));
  const unshared = { what: 'no prefix found in a cache', change: withoutPrefixCache, guess: 1.25 };
  return [
    ...(fixedInTime(scenario) === undefined ? more : []),
    ...(hasPlainPrompts(scenario) ? longer : []),
    ...(hasSharedPrefixes(scenario) ? [unshared] : []),
  ];
}

/** Of jobs the later requests share what the earlier ones said, at the least. */
export function hasSharedPrefixes({ traffic }: Pick<Scenario, 'traffic'>): boolean {
  return traffic.some(
    ({ job, prefix, trace }) => job !== undefined || trace !== undefined || prefix.length > 0,
  );
}

export interface WhatIfAnswer {
  readonly what: string;
  readonly holds: boolean;
  readonly fleet: Fleet | undefined;
}

/** Whether the fleet still keeps the SLO, and else how many more of its main kind would. */
export async function answerWhatIf(
  { change, guess, what }: WhatIf,
  { fleet, judgeUnder, maxReplicas }: WhatIfOptions,
): Promise<WhatIfAnswer> {
  const judge = judgeUnder(change);
  const isEnough = async (one: Fleet) => (await judge.judge(one)).kind !== 'fails';
  if (await isEnough(fleet)) return { what, holds: true, fleet };
  const card = mainCard(fleet);
  const now = countIn(fleet, card);
  const needed = await smallestCount({
    least: now + 1,
    most: now + maxReplicas - replicasOf(fleet),
    start: Math.ceil(now * guess),
    isEnough: (count) => isEnough(changedBy(fleet, card, count - now)!),
  });
  const larger = needed === undefined ? undefined : changedBy(fleet, card, needed - now);
  return { what, holds: false, fleet: larger };
}

function grownBy(growth: Partial<Growth>): Change {
  return (situation) => ({
    ...situation,
    scenario: withGrowth(situation.scenario, { ...noGrowth, ...growth }),
  });
}

const withoutPrefixCache: Change = (situation) => ({
  ...situation,
  engine: { ...situation.engine, enablePrefixCaching: false },
});
