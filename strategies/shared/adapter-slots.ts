/**
 * Which LoRA adapters a replica is likely to hold, by what was sent there: as many as it has slots,
 * the one that was idle for longest makes room, and who finds no room waits for it.
 */
export class AdapterSlots {
  /** Zero for a free slot. */
  readonly #adapters: Int32Array;
  readonly #inFlight: Int32Array;
  readonly #usedAt: Float64Array;
  /** Requests of adapters without a slot. */
  readonly #waiting = new Map<number, number>();
  #uses = 0;

  constructor(slots: number) {
    this.#adapters = new Int32Array(slots);
    this.#inFlight = new Int32Array(slots);
    this.#usedAt = new Float64Array(slots);
  }

  holds(adapter: number): boolean {
    return this.#adapters.indexOf(adapter) >= 0;
  }

  hasRoom(): boolean {
    return this.#inFlight.indexOf(0) >= 0;
  }

  waits(adapter: number): boolean {
    return this.#waiting.has(adapter);
  }

  sent(adapter: number): void {
    let slot = this.#adapters.indexOf(adapter);
    if (slot < 0) slot = this.#makeRoom();
    if (slot < 0) {
      this.#waiting.set(adapter, (this.#waiting.get(adapter) ?? 0) + 1);
      return;
    }
    this.#take(slot, adapter, 1);
  }

  ended(adapter: number): void {
    const slot = this.#adapters.indexOf(adapter);
    if (slot >= 0) {
      this.#inFlight[slot] = Math.max(0, this.#inFlight[slot]! - 1);
      this.#usedAt[slot] = ++this.#uses;
      if (this.#inFlight[slot] === 0) this.#admitOne();
      return;
    }
    const left = (this.#waiting.get(adapter) ?? 0) - 1;
    if (left > 0) this.#waiting.set(adapter, left);
    else this.#waiting.delete(adapter);
  }

  #take(slot: number, adapter: number, requests: number): void {
    if (this.#adapters[slot] !== adapter) this.#inFlight[slot] = 0;
    this.#adapters[slot] = adapter;
    this.#inFlight[slot]! += requests;
    this.#usedAt[slot] = ++this.#uses;
  }

  /** The slot without requests that was used longest ago, -1 if all have some. */
  #makeRoom(): number {
    let oldest = -1;
    for (let slot = 0; slot < this.#adapters.length; slot++) {
      if (this.#inFlight[slot] !== 0) continue;
      if (oldest < 0 || this.#usedAt[slot]! < this.#usedAt[oldest]!) oldest = slot;
    }
    return oldest;
  }

  /** Who has waited longest gets the slot that has come free. */
  #admitOne(): void {
    const slot = this.#makeRoom();
    for (const [adapter, requests] of this.#waiting) {
      this.#waiting.delete(adapter);
      this.#take(slot, adapter, requests);
      return;
    }
  }
}
