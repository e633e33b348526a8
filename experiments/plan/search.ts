import { Worth, type WorthOptions } from './bounds.ts';
import { candidates, type Limits, nextCheaper, type Space } from './candidates.ts';
import {
  byCost,
  type Card,
  type Fleet,
  scenarioGroup,
  uniformFleet,
  usdPerHourOf,
} from './fleet.ts';
import type { FleetJudge } from './judge-fleet.ts';
import { isWithin, type Losses, leastLeft } from './losses.ts';
import { smallestCount } from './smallest-count.ts';

export interface SearchOptions extends Omit<WorthOptions, 'needs'> {
  readonly cards: readonly Card[];
  readonly limits: Limits;
  readonly judge: FleetJudge;
  /** Replicas of a card alone that have just the time for the traffic; 0 where nobody knows. */
  readonly needs: ReadonlyMap<string, number>;
  /** What a search among some of the cards has found: only what is cheaper is of interest. */
  readonly known?: Found | undefined;
  readonly onBest?: (fleet: Fleet) => void;
}

export interface Found {
  /** The cheapest that keeps the SLO with confidence. */
  readonly best: Fleet | undefined;
  /** Of each GPU the card that did best alone; these were mixed. */
  readonly mixable: readonly Card[];
  /** How far fleets of one card were looked at. */
  readonly uniform: ReadonlyMap<string, UniformSearch>;
}

export type Tried = 'fails' | 'keeps' | 'promising' | 'undecided';

export interface UniformSearch {
  readonly card: Card;
  /** Every count that was simulated; promising ones were not judged to the end. */
  readonly tried: ReadonlyMap<number, Tried>;
  /** So many fail clearly; and whether one more does not. */
  readonly failing?: { readonly replicas: number; readonly passesAbove: boolean };
  /** The smallest count that keeps the SLO. */
  readonly keeps?: number;
}

/**
 * The same answer as to judge every fleet within the limits, from a small part of them. It rests
 * on two things: that a fleet which fails does not pass with replicas taken away, and that a mixed
 * fleet is hardly worth more than the fleets of one card that it lies between (`Worth`).
 *
 * First the cards alone, the one that looks cheapest first, each by bisection; a card whose bare
 * capacity costs more than a fleet that passes is left. Then what is cheaper than the best of
 * these: the dearest first, because when it fails all fleets within it fail as well.
 */
export async function cheapestFleet(options: SearchOptions): Promise<Found> {
  const { cards, judge, known, limits, needs, onBest } = options;
  const needOf = (card: Card) => needs.get(card.group) ?? 0;
  const worth = new Worth({ ...options, needs: needOf });
  const uniform = new Map(known?.uniform);
  for (const { card, failing } of uniform.values()) if (failing) worth.learn(card, failing);
  let best = known?.best;
  const isBetter = (fleet: Fleet) => best === undefined || byCost(fleet, best) < 0;
  const inOrder = [...cards].sort((a, b) => atLeastUsd(a, needOf(a)) - atLeastUsd(b, needOf(b)));
  for (const card of inOrder) {
    if (uniform.has(card.group)) continue;
    const searched = await searchUniform(card, { ...options, before: best, need: needOf(card) });
    if (searched.failing !== undefined) worth.learn(card, searched.failing);
    uniform.set(card.group, searched);
    if (searched.keeps === undefined) continue;
    const fleet = uniformFleet(card, searched.keeps);
    if (!isBetter(fleet)) continue;
    best = fleet;
    onBest?.(fleet);
  }
  const mixable = mixableOf(cards, inOrder, uniform);
  const space = { cards, limits, mixable };
  for (const fleet of await cheaperMixes(space, { best, judge, losses: options, worth })) {
    best = fleet;
    onBest?.(fleet);
  }
  // Should the bound have hidden a fleet that passes, it is most likely the next one.
  while (best !== undefined) {
    const next = nextCheaper(space, best);
    if (next === undefined || (await judge.judge(next)).kind !== 'keeps') break;
    best = next;
    onBest?.(next);
  }
  return { best, mixable, uniform };
}

/**
 * Of each GPU one card: with the cheapest fleet of its own, else with the cheapest capacity. On
 * spot it is the same one.
 */
function mixableOf(
  cards: readonly Card[],
  inOrder: readonly Card[],
  uniform: ReadonlyMap<string, UniformSearch>,
): Card[] {
  const usdOf = (card: Card) => card.usdPerHour * (uniform.get(card.group)?.keeps ?? Infinity);
  const byGpu = new Map<string, Card>();
  for (const card of inOrder) {
    if (card.spotOf !== undefined) continue;
    const known = byGpu.get(card.gpu);
    if (known === undefined || usdOf(card) < usdOf(known)) byGpu.set(card.gpu, card);
  }
  const best = [...byGpu.values()].map(({ group }) => group);
  // In the order of all cards, so that a fleet is written in one way only.
  return cards.filter((card) => best.includes(scenarioGroup(card)));
}

/** What a card costs if its capacity were all that counts. */
function atLeastUsd(card: Card, need: number): number {
  return card.usdPerHour * Math.ceil(need);
}

export interface UniformOptions extends Losses, Pick<SearchOptions, 'judge' | 'limits'> {
  /** Only what is cheaper than this is of interest. */
  readonly before?: Fleet | undefined;
  readonly need: number;
}

/** The smallest count of a card that keeps the SLO. */
export async function searchUniform(card: Card, options: UniformOptions): Promise<UniformSearch> {
  const { before, judge, limits, need } = options;
  const tried = new Map<number, Tried>();
  const most = mostReplicas(card, limits, before);
  const least = limits.minReplicas;
  if (most < least || need * margins.capacity > most) return { card, tried };
  const isEnough = async (replicas: number) => {
    const promising = await judge.isPromising(uniformFleet(card, replicas));
    tried.set(replicas, promising ? 'promising' : 'fails');
    return promising;
  };
  const start = countThatLeaves(Math.ceil(need), card, options) + margins.start;
  const first = await smallestCount({ least, most, start, isEnough });
  const failing = { replicas: (first ?? most + 1) - 1, passesAbove: first !== undefined };
  const known = { card, tried, failing };
  if (first === undefined) return known;
  for (let replicas = first; replicas <= most; replicas++) {
    const { kind } = await judge.judge(uniformFleet(card, replicas));
    tried.set(replicas, kind);
    if (kind === 'keeps') return { ...known, keeps: replicas };
  }
  return known;
}

/** The smallest of which a reclaim leaves so many; a loss is not in it. */
function countThatLeaves(left: number, card: Card, { limits, ...losses }: UniformOptions): number {
  if (card.spotOf === undefined) return left;
  const isEnough = (count: number) =>
    leastLeft(uniformFleet(card, count), { ...losses, survive: 0 }) >= left;
  let count = left;
  while (count < limits.maxReplicas && !isEnough(count)) count++;
  return count;
}

/** Where the bisection begins, and how far measured capacities may be too small. */
const margins = { start: 1, capacity: 0.8 };

function mostReplicas(card: Card, limits: Limits, best: Fleet | undefined): number {
  const usd = Math.min(
    limits.budgetUsdPerHour ?? Number.POSITIVE_INFINITY,
    best === undefined ? Number.POSITIVE_INFINITY : usdPerHourOf(best),
  );
  const most = Math.min(limits.maxReplicas, Math.floor((usd + 1e-6) / card.usdPerHour));
  const isTie = best !== undefined && byCost(uniformFleet(card, most), best) >= 0;
  return isTie ? most - 1 : most;
}

interface MixOptions {
  readonly best: Fleet | undefined;
  readonly losses: Losses;
  readonly worth: Worth;
}

/** Ever cheaper mixed fleets that keep the SLO. */
async function cheaperMixes(
  space: Space,
  { best: first, judge, losses, worth }: Pick<SearchOptions, 'judge'> & MixOptions,
): Promise<Fleet[]> {
  // Of cards that fail in any number nothing is to be hoped for, unless the budget set the number.
  if (first === undefined && space.limits.budgetUsdPerHour === undefined) return [];
  const found: Fleet[] = [];
  let open = [...candidates(space, first)]
    .filter((fleet) => fleet.parts.length > 1 && !worth.isTooLittle(fleet))
    .sort((a, b) => byCost(b, a));
  while (open.length > 0) {
    const fleet = open[0]!;
    const { kind } = await judge.judge(fleet);
    if (kind === 'keeps') {
      found.push(fleet);
      open = open.filter((other) => byCost(other, fleet) < 0);
    } else {
      open = open.filter((other) => !isWithin(other, fleet, losses));
    }
  }
  return found;
}
