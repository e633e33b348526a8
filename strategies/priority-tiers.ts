import { z } from 'zod';
import type { Random } from '../core/random.ts';
import { Costs } from './shared/costs.ts';
import { Draws } from './shared/draws.ts';
import { defineStrategy, type ReplicaView, type RequestView, type Strategy } from './strategy.ts';

interface Options {
  readonly tiers: readonly (readonly string[])[];
  readonly overprovisioning: number;
}

/** More than any replica has in flight. */
const elsewhere = 2 ** 30;

/**
 * Envoy's priority levels: a tier counts as whole while its healthy share times the overprovisioning
 * is one, and what it lacks goes to the tiers below. Whoever was once a candidate is a part of its
 * tier until it leaves the pool: a replica that fails its checks is missing, and has not left.
 */
class PriorityTiers implements Strategy {
  readonly #groups: Options['tiers'];
  /** Health when nobody is missing; a whole number, as in Envoy. */
  readonly #fullPercent: number;
  readonly #draws: Draws;
  readonly #costs = new Costs();
  /** By index; -1 for who is not in the pool, or has not been seen yet. */
  #tiers = new Int32Array(0);
  readonly #members: Int32Array;
  readonly #healthy: Int32Array;
  /** Per cent of what the tier is meant to take, and of the requests that it gets. */
  readonly #healths: Int32Array;
  readonly #loads: Int32Array;
  #chosen = 0;

  constructor({ overprovisioning, tiers }: Options, random: Random) {
    this.#groups = tiers;
    this.#fullPercent = Math.round(100 * overprovisioning);
    this.#draws = new Draws(random);
    // Groups that no tier names are in a last one.
    const count = tiers.length + 1;
    this.#members = new Int32Array(count);
    this.#healthy = new Int32Array(count);
    this.#healths = new Int32Array(count);
    this.#loads = new Int32Array(count);
  }

  pick(_request: RequestView, candidates: readonly ReplicaView[]): ReplicaView {
    this.#healthy.fill(0);
    for (let i = 0; i < candidates.length; i++) {
      this.#healthy[this.#tierOf(candidates[i]!)]! += 1;
    }
    this.#chosen = this.#draw();
    return this.#costs.leastBy(candidates, this.#draws, this.#cost);
  }

  onLeft({ index }: ReplicaView): void {
    const tier = this.#tiers[index];
    if (tier === undefined || tier === -1) return;
    this.#tiers[index] = -1;
    this.#members[tier]! -= 1;
  }

  readonly #cost = (replica: ReplicaView): number =>
    this.#tiers[replica.index] === this.#chosen ? replica.inFlight : elsewhere;

  #draw(): number {
    const best = firstPositive(this.#healthy);
    this.#measureHealth();
    if (this.#healths[best] === 100) return best;
    const shared = this.#shareLoad();
    if (shared === 0) return best;
    // What rounding has left over.
    this.#loads[firstPositive(this.#loads)]! += 100 - shared;
    let left = this.#draws.below(100);
    let tier = 0;
    while (left >= this.#loads[tier]!) {
      left -= this.#loads[tier]!;
      tier += 1;
    }
    return tier;
  }

  /** From the best tier down, as much as each can take; returns how much found its place. */
  #shareLoad(): number {
    let available = 0;
    for (let tier = 0; tier < this.#loads.length; tier++) available += this.#healths[tier]!;
    available = Math.min(100, available);
    let shared = 0;
    for (let tier = 0; tier < this.#loads.length; tier++) {
      const health = this.#healths[tier]!;
      const load =
        health === 0 ? 0 : Math.min(100 - shared, Math.floor((health * 100) / available));
      this.#loads[tier] = load;
      shared += load;
    }
    return shared;
  }

  #measureHealth(): void {
    for (let tier = 0; tier < this.#healths.length; tier++) {
      const healthy = this.#healthy[tier]!;
      const percent = healthy === 0 ? 0 : (this.#fullPercent * healthy) / this.#members[tier]!;
      this.#healths[tier] = Math.min(100, percent);
    }
  }

  #tierOf(replica: ReplicaView): number {
    const tier = this.#tiers[replica.index];
    return tier === undefined || tier === -1 ? this.#assign(replica) : tier;
  }

  #assign({ group, index }: ReplicaView): number {
    if (index >= this.#tiers.length) this.#grow(index + 1);
    const named = this.#groups.findIndex((groups) => groups.includes(group));
    const tier = named === -1 ? this.#groups.length : named;
    this.#tiers[index] = tier;
    this.#members[tier]! += 1;
    return tier;
  }

  #grow(length: number): void {
    const grown = new Int32Array(2 * length).fill(-1);
    grown.set(this.#tiers);
    this.#tiers = grown;
  }
}

function firstPositive(counts: Int32Array): number {
  let index = 0;
  while (counts[index] === 0) index += 1;
  return index;
}

export default defineStrategy({
  name: 'priority-tiers',
  family: 'classic',
  summary:
    "The best tier that has replicas, and of it the fewest requests in flight, ties by chance; a tier that has lost many spills to the next as in Envoy's priority levels.",
  options: {
    tiers: z
      .array(z.array(z.string().min(1)).min(1))
      .max(100)
      .default([])
      .meta({ examples: [[['on-demand'], ['spot']]] })
      .describe('Groups of replicas, the best tier first; groups not named come last.'),
    overprovisioning: z
      .number()
      .min(1)
      .max(100)
      .default(1.4)
      .meta({ examples: [1.4] })
      .describe('A tier takes all requests while this times its healthy share is at least one.'),
  },
  create: (options, { random }) => new PriorityTiers(options, random),
});
