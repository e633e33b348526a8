import type { Sequence } from './sequence.ts';

/**
 * LoRA adapters: at most `maxLoras` different ones in a step, and as many slots on the GPU, the
 * least recently used of which makes room for an adapter that is not there.
 */
export class AdapterSlots {
  readonly #maxLoras: number;
  /** Adapters of the decode batch, and how many members use each. */
  readonly #inBatch = new Map<number, number>();
  /**
   * Adapters in a slot, and the last step each was seen to be used in. Steps taken at once are not
   * seen: they hold the same adapters as the step before them, and no other is used meanwhile.
   */
  readonly #slots = new Map<number, number>();
  /** All adapters of the step being scheduled. */
  readonly #inStep = new Set<number>();
  /** Most engines never see one. */
  #sawAdapter = false;

  constructor(maxLoras: number) {
    this.#maxLoras = maxLoras;
  }

  joined({ adapter }: Sequence): void {
    if (this.#maxLoras === 0 || adapter === 0) return;
    this.#inBatch.set(adapter, (this.#inBatch.get(adapter) ?? 0) + 1);
  }

  left({ adapter }: Sequence): void {
    if (this.#maxLoras === 0 || adapter === 0) return;
    const users = this.#inBatch.get(adapter)! - 1;
    if (users > 0) this.#inBatch.set(adapter, users);
    else this.#inBatch.delete(adapter);
  }

  /** Begins the admissions of a step that so far holds the batch and these chunks. */
  beginStep(chunks: readonly Sequence[]): void {
    if (!this.#sawAdapter) return;
    this.#inStep.clear();
    for (const adapter of this.#inBatch.keys()) this.#inStep.add(adapter);
    for (const chunk of chunks) this.use(chunk);
  }

  /** Whether the step may take in this sequence's adapter. */
  admits({ adapter }: Sequence): boolean {
    if (this.#maxLoras === 0 || adapter === 0) return true;
    return this.#inStep.has(adapter) || this.#inStep.size < this.#maxLoras;
  }

  use({ adapter }: Sequence): void {
    if (this.#maxLoras === 0 || adapter === 0) return;
    this.#sawAdapter = true;
    this.#inStep.add(adapter);
  }

  /** Puts the adapters of the step into slots and returns how many had to be loaded. */
  load(step: number): number {
    if (!this.#sawAdapter) return 0;
    let loads = 0;
    for (const adapter of this.#inStep) {
      if (!this.#slots.has(adapter)) {
        loads += 1;
        if (this.#slots.size >= this.#maxLoras) this.#evict();
      }
      this.#slots.set(adapter, step);
    }
    return loads;
  }

  #evict(): void {
    let victim = 0;
    let oldest = Number.POSITIVE_INFINITY;
    for (const [adapter, used] of this.#slots) {
      if (this.#inStep.has(adapter)) continue;
      if (used < oldest || (used === oldest && adapter < victim)) {
        victim = adapter;
        oldest = used;
      }
    }
    this.#slots.delete(victim);
  }
}
