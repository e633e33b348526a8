import {
  byCost,
  type Card,
  type Fleet,
  type FleetPart,
  replicasOf,
  usdPerHourOf,
} from './fleet.ts';

/** Which fleets are looked at. */
export interface Limits {
  readonly minReplicas: number;
  /** Of all kinds together. */
  readonly maxReplicas: number;
  /** Kinds of replicas in one fleet; 1 for fleets of equal replicas. */
  readonly maxKinds: number;
  readonly budgetUsdPerHour?: number | undefined;
}

/** All fleets that are looked at. */
export interface Space {
  readonly cards: readonly Card[];
  /** Those that share a fleet with others; all when left out. */
  readonly mixable?: readonly Card[];
  readonly limits: Limits;
}

/** The fleets that come before another one by their cost, in no order. */
export function* candidates(space: Space, before?: Fleet): Generator<Fleet> {
  const { cards, limits, mixable = cards } = space;
  const most = Math.min(limits.budgetUsdPerHour ?? Number.POSITIVE_INFINITY, costOf(before));
  const room = { ...limits, mostUsd: most + tolerance };
  const isMeant = (fleet: Fleet) =>
    replicasOf(fleet) >= limits.minReplicas && (before === undefined || byCost(fleet, before) < 0);
  for (const parts of partsFrom(cards, { ...room, maxKinds: 1 })) {
    if (isMeant({ parts })) yield { parts };
  }
  if (limits.maxKinds === 1) return;
  for (const parts of partsFrom(mixable, room)) {
    if (parts.length > 1 && isMeant({ parts })) yield { parts };
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
export function nextCheaper(space: Space, fleet: Fleet): Fleet | undefined {
  let best: Fleet | undefined;
  const usd = usdPerHourOf(fleet);
  for (const candidate of candidates(space, fleet)) {
    if (usdPerHourOf(candidate) >= usd) continue;
    if (best === undefined || byCost(best, candidate) < 0) best = candidate;
  }
  return best;
}

/** How many there are, whatever they cost. */
export function candidateCount({ cards, limits, mixable = cards }: Space): number {
  const { maxKinds, maxReplicas, minReplicas } = limits;
  let count = 0;
  for (let kinds = 1; kinds <= maxKinds; kinds++) {
    // To share out at most n replicas with one at least for each kind is to set marks among n.
    const shares = choose(maxReplicas, kinds) - choose(minReplicas - 1, kinds);
    count += choose(kinds === 1 ? cards.length : mixable.length, kinds) * shares;
  }
  return count;
}

function choose(from: number, count: number): number {
  let ways = 1;
  for (let i = 0; i < count; i++) ways = (ways * (from - i)) / (i + 1);
  return Math.round(ways);
}
