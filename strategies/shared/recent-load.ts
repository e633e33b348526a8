import { PerReplica } from './per-replica.ts';

const parts = 18;

/** What each replica was given within a window that moves in steps of a part of its length. */
export class RecentLoad {
  readonly #partUs: number;
  readonly #byPart = Array.from({ length: parts }, () => new PerReplica(0));
  readonly #sums = new PerReplica(0);
  /** The highest index that was ever given anything. */
  #replicas = 0;
  #part = 0;

  constructor(windowUs: number) {
    this.#partUs = windowUs / parts;
  }

  get(replica: number): number {
    return this.#sums.get(replica);
  }

  add(replica: number, amount: number): void {
    this.#replicas = Math.max(this.#replicas, replica + 1);
    this.#byPart[this.#part % parts]!.add(replica, amount);
    this.#sums.add(replica, amount);
  }

  /** Forgets what is too old by now. */
  moveTo(nowUs: number): void {
    const part = Math.floor(nowUs / this.#partUs);
    if (part <= this.#part) return;
    const stale = Math.min(parts, part - this.#part);
    this.#part = part;
    for (let i = 0; i < stale; i++) this.#empty(this.#byPart[(part - i) % parts]!);
  }

  #empty(oldest: PerReplica): void {
    for (let replica = 0; replica < this.#replicas; replica++) {
      const left = this.#sums.get(replica) - oldest.get(replica);
      this.#sums.set(replica, Math.max(0, left));
      oldest.set(replica, 0);
    }
  }
}
