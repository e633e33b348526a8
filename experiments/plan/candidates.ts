import { byCost, type Card, type Fleet, type FleetPart, usdPerHourOf } from './fleet.ts';

/** Which fleets are looked at. */
export interface Limits {
  readonly minReplicas: number;
  /** Of all kinds together. */
  readonly maxReplicas: number;
  /** Kinds of replicas in one fleet; 1 for fleets of equal replicas. */
  readonly maxKinds: number;
  readonly budgetUsdPerHour?: number | undefined;
}

/** All fleets within the limits that come before another one by their cost, in no order. */
export function* candidates(
  cards: readonly Card[],
  limits: Limits,
  before?: Fleet,
): Generator<Fleet> {
  const most = Math.min(limits.budgetUsdPerHour ?? Number.POSITIVE_INFINITY, costOf(before));
  for (const parts of partsFrom(cards, { ...limits, mostUsd: most + tolerance })) {
    const fleet = { parts };
    const replicas = parts.reduce((sum, part) => sum + part.replicas, 0);
    if (replicas < limits.minReplicas) continue;
    if (before === undefined || byCost(fleet, before) < 0) yield fleet;
  }
}

const tolerance = 1e-6;

function costOf(fleet: Fleet | undefined): number {
  if (fleet === undefined) return Number.POSITIVE_INFINITY;
  return fleet.parts.reduce((sum, { card, replicas }) => sum + card.usdPerHour * replicas, 0);
}

interface Room {
  readonly maxReplicas: number;
  readonly maxKinds: number;
  readonly mostUsd: number;
}

function* partsFrom(cards: readonly Card[], room: Room): Generator<FleetPart[]> {
  if (room.maxKinds === 0) return;
  for (const [index, card] of cards.entries()) {
    const others = cards.slice(index + 1);
    const most = Math.min(room.maxReplicas, Math.floor(room.mostUsd / card.usdPerHour));
    for (let replicas = 1; replicas <= most; replicas++) {
      const part = { card, replicas };
      yield [part];
      const left = {
        maxReplicas: room.maxReplicas - replicas,
        maxKinds: room.maxKinds - 1,
        mostUsd: room.mostUsd - replicas * card.usdPerHour,
      };
      for (const rest of partsFrom(others, left)) yield [part, ...rest];
    }
  }
}

/** The dearest fleet that is still cheaper: what somebody who wants to save would try first. */
export function nextCheaper(
  cards: readonly Card[],
  limits: Limits,
  fleet: Fleet,
): Fleet | undefined {
  let best: Fleet | undefined;
  const usd = usdPerHourOf(fleet);
  for (const candidate of candidates(cards, limits, fleet)) {
    if (usdPerHourOf(candidate) >= usd) continue;
    if (best === undefined || byCost(best, candidate) < 0) best = candidate;
  }
  return best;
}

/** How many fleets there are within the limits, whatever they cost. */
export function candidateCount(cards: number, limits: Limits): number {
  const { maxKinds, maxReplicas, minReplicas } = limits;
  let count = 0;
  for (let kinds = 1; kinds <= Math.min(maxKinds, cards); kinds++) {
    // To share out at most n replicas with one at least for each kind is to set marks among n.
    const shares = choose(maxReplicas, kinds) - choose(minReplicas - 1, kinds);
    count += choose(cards, kinds) * shares;
  }
  return count;
}

function choose(from: number, count: number): number {
  let ways = 1;
  for (let i = 0; i < count; i++) ways = (ways * (from - i)) / (i + 1);
  return Math.round(ways);
}
