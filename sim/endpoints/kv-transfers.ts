import type { Sequence } from '../replica/sequence.ts';
import type { Process, Simulation } from '../simulation.ts';

interface Transfer {
  readonly sequence: Sequence;
  readonly endUs: number;
}

/** KV blocks on their way from one engine to another; transfers do not slow each other down. */
export class KvTransfers implements Process {
  readonly priority = 1;
  slot = -1;
  readonly #simulation: Simulation;
  readonly #onArrived: (sequence: Sequence, nowUs: number) => void;
  /** In the order in which they end, and among equals in that in which they began. */
  #underway: Transfer[] = [];

  constructor(simulation: Simulation, onArrived: (sequence: Sequence, nowUs: number) => void) {
    this.#simulation = simulation;
    this.#onArrived = onArrived;
    simulation.add(this);
  }

  get count(): number {
    return this.#underway.length;
  }

  begin(sequence: Sequence, endUs: number): void {
    const at = this.#underway.findLastIndex((other) => other.endUs <= endUs) + 1;
    this.#underway.splice(at, 0, { sequence, endUs });
    if (at === 0) this.#simulation.schedule(this, endUs);
  }

  cancel(sequence: Sequence): void {
    this.#underway = this.#underway.filter((other) => other.sequence !== sequence);
  }

  wake(nowUs: number): void {
    while (this.#underway.length > 0 && this.#underway[0]!.endUs <= nowUs) {
      this.#onArrived(this.#underway.shift()!.sequence, nowUs);
    }
    const [next] = this.#underway;
    if (next !== undefined) this.#simulation.schedule(this, next.endUs);
  }
}
