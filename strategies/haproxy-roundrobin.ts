import { Attendance, type AttendanceListener } from './shared/attendance.ts';
import { effectiveWeight, maxEffectiveWeight, weightScale } from './shared/haproxy-weight.ts';
import { defineStrategy, type ReplicaView, type RequestView, type Strategy } from './strategy.ts';

/**
 * One replica's place. Trees are `current`, ordered by the position where its next turn is due, and
 * two that are ordered by weight: those who begin with this round, and those who wait for the next.
 */
interface Entry {
  tree: 'current' | 'initial' | 'next' | 'none';
  key: number;
  /** Equal keys are served in the order in which they were queued. */
  queued: number;
  weight: number;
  position: number;
  /** What dividing the round by the weight has left over so far. */
  rest: number;
}

/**
 * `lb_fwrr.c` of HAProxy: positions of one round are as many as the sum of weights, and each replica
 * is due every sum/weight of them. Who comes later is due when its share of the round would be.
 */
class HaproxyRoundRobin implements Strategy, AttendanceListener {
  readonly #attendance = new Attendance(this);
  readonly #entries: Entry[] = [];
  #isStarted = false;
  #roundWeight = 0;
  #nextRoundWeight = 0;
  #position = 0;
  #queuedCount = 0;

  pick(_request: RequestView, candidates: readonly ReplicaView[]): ReplicaView {
    this.#attendance.update(candidates);
    if (!this.#isStarted) this.#start();
    let chosen = this.#first(candidates);
    if (chosen === undefined) {
      this.#beginRound(candidates);
      chosen = this.#first(candidates)!;
    }
    this.#turn(this.#entries[chosen.index]!);
    return chosen;
  }

  came(replica: ReplicaView): void {
    while (this.#entries.length <= replica.index) this.#entries.push(newEntry());
    const entry = this.#entries[replica.index]!;
    entry.weight = effectiveWeight(replica);
    this.#nextRoundWeight += entry.weight;
    if (!this.#isStarted) {
      this.#queueByWeight(entry, 'initial');
      return;
    }
    const left = this.#nextRoundWeight + this.#roundWeight - this.#position;
    entry.position = this.#position + Math.floor(left / entry.weight);
    entry.rest = 0;
    this.#queue(entry);
  }

  left(index: number): void {
    const entry = this.#entries[index]!;
    this.#nextRoundWeight -= entry.weight;
    entry.tree = 'none';
  }

  #start(): void {
    this.#isStarted = true;
    this.#roundWeight = this.#nextRoundWeight;
    this.#position = this.#roundWeight;
  }

  #beginRound(candidates: readonly ReplicaView[]): void {
    for (let i = 0; i < candidates.length; i++) {
      const entry = this.#entries[candidates[i]!.index]!;
      if (entry.tree === 'next') entry.tree = 'initial';
    }
    this.#roundWeight = this.#nextRoundWeight;
    this.#position = this.#roundWeight;
  }

  /** Who is due goes first, then who has had no turn in this round, then who is due next. */
  #first(candidates: readonly ReplicaView[]): ReplicaView | undefined {
    const due = this.#firstOf(candidates, 'current');
    if (due !== undefined && this.#entries[due.index]!.position <= this.#position) return due;
    const beginner = this.#firstOf(candidates, 'initial');
    if (beginner === undefined) return due;
    const entry = this.#entries[beginner.index]!;
    entry.position = 0;
    entry.rest = 0;
    return beginner;
  }

  #firstOf(candidates: readonly ReplicaView[], tree: Entry['tree']): ReplicaView | undefined {
    let first: ReplicaView | undefined;
    for (let i = 0; i < candidates.length; i++) {
      const candidate = candidates[i]!;
      const entry = this.#entries[candidate.index]!;
      if (entry.tree !== tree) continue;
      if (first === undefined || isBefore(entry, this.#entries[first.index]!)) first = candidate;
    }
    return first;
  }

  #turn(entry: Entry): void {
    if (entry.position === 0) entry.position = this.#position;
    entry.position += Math.floor(this.#nextRoundWeight / entry.weight);
    entry.rest += this.#nextRoundWeight % entry.weight;
    if (entry.rest >= entry.weight) {
      entry.rest -= entry.weight;
      entry.position += 1;
    }
    this.#position += 1;
    this.#queue(entry);
  }

  #queue(entry: Entry): void {
    const round = this.#roundWeight;
    if (entry.position >= 2 * round || entry.position >= round + this.#nextRoundWeight) {
      entry.position -= round;
      this.#queueByWeight(entry, 'next');
      return;
    }
    const early = Math.floor((maxEffectiveWeight + entry.rest - entry.weight) / weightScale);
    entry.tree = 'current';
    entry.key = 256 * entry.position + early;
    entry.queued = this.#queuedCount++;
  }

  #queueByWeight(entry: Entry, tree: 'initial' | 'next'): void {
    entry.tree = tree;
    entry.key = maxEffectiveWeight - entry.weight;
    entry.queued = this.#queuedCount++;
  }
}

function isBefore(entry: Entry, other: Entry): boolean {
  return entry.key < other.key || (entry.key === other.key && entry.queued < other.queued);
}

function newEntry(): Entry {
  return { tree: 'none', key: 0, queued: 0, weight: 0, position: 0, rest: 0 };
}

export default defineStrategy({
  name: 'haproxy-roundrobin',
  family: 'classic',
  summary:
    'Each replica in turn and as often as its weight says, spread over the round: roundrobin of HAProxy 2.6. Ties go to who was queued first.',
  options: {},
  create: () => new HaproxyRoundRobin(),
});
