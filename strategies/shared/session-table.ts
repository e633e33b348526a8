/**
 * Which replica a session is bound to. At most `capacity` sessions; the one that was used longest
 * ago makes room. A doubly linked list through slots of typed arrays keeps them in that order: slot
 * 0 is its head, whose neighbours are the latest and the oldest.
 *
 *     head ⇄ latest ⇄ … ⇄ oldest ⇄ head
 */
export class SessionTable {
  readonly #ttlUs: number;
  readonly #slots = new Map<number, number>();
  readonly #sessions: Float64Array;
  readonly #replicas: Int32Array;
  readonly #usedUs: Float64Array;
  readonly #newer: Int32Array;
  readonly #older: Int32Array;

  constructor({ capacity, ttlUs }: { capacity: number; ttlUs: number }) {
    this.#ttlUs = ttlUs;
    const slots = capacity + 1;
    this.#sessions = new Float64Array(slots);
    this.#replicas = new Int32Array(slots);
    this.#usedUs = new Float64Array(slots);
    this.#newer = new Int32Array(slots);
    this.#older = new Int32Array(slots);
  }

  get size(): number {
    return this.#slots.size;
  }

  /** The replica's index, or -1 for a session that is not known or was silent for too long. */
  replicaOf(session: number, nowUs: number): number {
    const slot = this.#slots.get(session);
    if (slot === undefined || nowUs - this.#usedUs[slot]! > this.#ttlUs) return -1;
    return this.#replicas[slot]!;
  }

  bind(session: number, replica: number, nowUs: number): void {
    let slot = this.#slots.get(session);
    if (slot === undefined) slot = this.#add(session);
    else this.#unlink(slot);
    this.#linkAsLatest(slot);
    this.#replicas[slot] = replica;
    this.#usedUs[slot] = nowUs;
  }

  #add(session: number): number {
    let slot = this.#slots.size + 1;
    if (slot === this.#sessions.length) {
      slot = this.#newer[0]!;
      this.#slots.delete(this.#sessions[slot]!);
      this.#unlink(slot);
    }
    this.#slots.set(session, slot);
    this.#sessions[slot] = session;
    return slot;
  }

  #unlink(slot: number): void {
    const [newer, older] = [this.#newer[slot]!, this.#older[slot]!];
    this.#older[newer] = older;
    this.#newer[older] = newer;
  }

  /** Going round from the head, `older` leads to the latest and `newer` to the oldest. */
  #linkAsLatest(slot: number): void {
    const latest = this.#older[0]!;
    this.#older[slot] = latest;
    this.#newer[slot] = 0;
    this.#newer[latest] = slot;
    this.#older[0] = slot;
  }
}
