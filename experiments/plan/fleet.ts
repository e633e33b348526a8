import { countOf } from '../../reports/format.ts';
import type { FleetGroup } from '../../scenarios/scenario.ts';

/** What one replica may be: so many GPUs of a kind. */
export interface Card {
  /** Names its group in a scenario, but for spot. */
  readonly group: string;
  /** The group of the same replica on demand: both are the same to whoever sends requests. */
  readonly spotOf?: string;
  readonly gpu: string;
  readonly tensorParallelSize: number;
  readonly gpusPerReplica: number;
  /** Of a replica. */
  readonly usdPerHour: number;
  readonly engine: FleetGroup['engine'];
}

export interface FleetPart {
  readonly card: Card;
  readonly replicas: number;
}

/** Each card at most once, in the order of the cards. */
export interface Fleet {
  readonly parts: readonly FleetPart[];
}

export function uniformFleet(card: Card, replicas: number): Fleet {
  return { parts: [{ card, replicas }] };
}

/** To a ten-thousandth of a cent, so that sums of the same prices are the same. */
export function usdPerHourOf({ parts }: Fleet): number {
  const usd = parts.reduce((sum, { card, replicas }) => sum + replicas * card.usdPerHour, 0);
  return Math.round(usd * 1e6) / 1e6;
}

export function replicasOf({ parts }: Fleet): number {
  return parts.reduce((sum, { replicas }) => sum + replicas, 0);
}

/** The same for equal fleets, and nothing else. */
export function fleetKey({ parts }: Fleet): string {
  return parts.map(({ card, replicas }) => `${replicas} ${card.group}`).join(' ');
}

/** "7 × A100-80GB-SXM + 2 × L40S on 2 GPUs each". */
export function fleetText({ parts }: Fleet): string {
  return parts.map(({ card, replicas }) => `${replicas} × ${cardText(card)}`).join(' + ');
}

export function cardText({ gpu, gpusPerReplica, spotOf }: Card): string {
  const market = spotOf === undefined ? '' : ' spot';
  const each = gpusPerReplica === 1 ? '' : ` on ${countOf(gpusPerReplica, 'GPU')} each`;
  return `${gpu}${market}${each}`;
}

/**
 * Cheapest first. Of fleets that cost the same the one with fewer kinds of replicas, then with
 * fewer replicas: there is less to run.
 */
export function byCost(a: Fleet, b: Fleet): number {
  return (
    usdPerHourOf(a) - usdPerHourOf(b) ||
    a.parts.length - b.parts.length ||
    replicasOf(a) - replicasOf(b) ||
    (fleetKey(a) < fleetKey(b) ? -1 : 1)
  );
}

/** Whether it has all replicas of the other one, and perhaps more. */
export function contains(fleet: Fleet, other: Fleet): boolean {
  return other.parts.every(({ card, replicas }) => countIn(fleet, card) >= replicas);
}

export function countIn({ parts }: Fleet, card: Card): number {
  return parts.find((part) => part.card.group === card.group)?.replicas ?? 0;
}

/** With so many replicas of a card more, or fewer; undefined where nothing would be left. */
export function changedBy(fleet: Fleet, card: Card, by: number): Fleet | undefined {
  const parts = fleet.parts
    .map((part) =>
      part.card.group === card.group ? { ...part, replicas: part.replicas + by } : part,
    )
    .filter(({ replicas }) => replicas > 0);
  return parts.length === 0 ? undefined : { parts };
}

/** With one replica of a group less. */
export function without({ parts }: Fleet, group: string): Fleet {
  const left = parts.map((part) =>
    part.card.group === group ? { ...part, replicas: part.replicas - 1 } : part,
  );
  return { parts: left.filter(({ replicas }) => replicas > 0) };
}

/** The part that costs most: the one to grow and to shrink. */
export function mainCard({ parts }: Fleet): Card {
  const cost = ({ card, replicas }: FleetPart) => card.usdPerHour * replicas;
  return parts.reduce((main, part) => (cost(part) > cost(main) ? part : main)).card;
}

/**
 * As a scenario has them. Replicas on spot stand behind those on demand in one group, so that
 * fleets that differ in nothing else are simulated once.
 */
export function fleetGroups(fleet: Fleet): FleetGroup[] {
  return [...replicasByGroup(fleet)].map(([name, replicas]) => {
    const { engine, gpu } = fleet.parts.find(({ card }) => scenarioGroup(card) === name)!.card;
    return { name, gpu, replicas, engine };
  });
}

export function scenarioGroup({ group, spotOf }: Card): string {
  return spotOf ?? group;
}

/** By groups of the scenario, on demand and on spot together. */
export function replicasByGroup({ parts }: Fleet): Map<string, number> {
  const counts = new Map<string, number>();
  for (const { card, replicas } of parts) {
    const group = scenarioGroup(card);
    counts.set(group, (counts.get(group) ?? 0) + replicas);
  }
  return counts;
}
