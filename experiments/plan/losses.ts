import {
  type Card,
  changedBy,
  type Fleet,
  type FleetPart,
  replicasByGroup,
  replicasOf,
  without,
} from './fleet.ts';

/** What a fleet may lose, and has to keep the SLO without. */
export interface Losses {
  /** How many replicas, of whatever kind. */
  readonly survive: number;
  /** Of a fleet the group whose replica has the most to give. */
  readonly mostMissed: (fleet: Fleet) => string;
  /** Nothing where no replicas are on spot. */
  readonly reclaim?: Reclaim | undefined;
}

/** Spot replicas are taken back together. */
export interface Reclaim {
  /** Of the replicas of one kind. */
  readonly share: number;
  /** Which ones; undefined of a fleet that has none. */
  readonly lost: (fleet: Fleet) => FleetPart | undefined;
}

/** The replica that has the most to give. */
export function mostMissedBy(worthOf: (card: Card) => number): Losses['mostMissed'] {
  return ({ parts }) =>
    parts.reduce((most, part) => (worthOf(part.card) > worthOf(most.card) ? part : most)).card
      .group;
}

/**
 * Of the spot replicas of one kind this share, rounded up: machines of a kind come from the same
 * few places, and when somebody else wants them they go together. Of several kinds that whose loss
 * is missed most.
 */
export function reclaimOfShare(share: number, worthOf: (card: Card) => number): Reclaim {
  const missed = ({ card, replicas }: FleetPart) => replicas * worthOf(card);
  const lost = ({ parts }: Fleet) =>
    parts
      .filter(({ card }) => card.spotOf !== undefined)
      .map(({ card, replicas }) => ({ card, replicas: Math.ceil(share * replicas - tolerance) }))
      .sort((a, b) => missed(b) - missed(a))[0];
  return { share, lost };
}

/** 7 % of a hundred are seven, whatever floating point makes of it. */
const tolerance = 1e-9;

/** What is left of a fleet after each of them; undefined where nothing is. */
export function leftOvers(fleet: Fleet, losses: Losses): (Fleet | undefined)[] {
  const left = afterLoss(fleet, losses);
  const isSpot = losses.reclaim?.lost(fleet) !== undefined;
  return isSpot ? [left, afterReclaim(fleet, losses)] : [left];
}

/** What is left without those that are missed most. */
export function afterLoss(
  fleet: Fleet,
  { mostMissed, survive }: Pick<Losses, 'mostMissed' | 'survive'>,
): Fleet | undefined {
  if (replicasOf(fleet) <= survive) return undefined;
  let left = fleet;
  for (let lost = 0; lost < survive; lost++) left = without(left, mostMissed(left));
  return left;
}

/** The fewest replicas that are left. */
export function leastLeft(fleet: Fleet, losses: Losses): number {
  return Math.min(
    ...leftOvers(fleet, losses).map((left) => (left === undefined ? 0 : replicasOf(left))),
  );
}

function afterReclaim(fleet: Fleet, { reclaim }: Losses): Fleet | undefined {
  const lost = reclaim?.lost(fleet);
  return lost === undefined ? fleet : changedBy(fleet, lost.card, -lost.replicas);
}

/**
 * Whether a fleet has no replica that the other one has not, neither before a reclaim nor after:
 * then it fails where the other one fails. A replica on demand does for one on spot.
 */
export function isWithin(fleet: Fleet, other: Fleet, losses: Losses): boolean {
  if (!hasNoMore(fleet, other)) return false;
  return hasNoMore(afterReclaim(fleet, losses), afterReclaim(other, losses));
}

function hasNoMore(fleet: Fleet | undefined, other: Fleet | undefined): boolean {
  if (fleet === undefined) return true;
  const counts = other === undefined ? new Map<string, number>() : replicasByGroup(other);
  return [...replicasByGroup(fleet)].every(([group, count]) => count <= (counts.get(group) ?? 0));
}
