/** The adapters that are on the GPU; with no slots, adapters are not limited and never loaded. */
export class ReferenceLora {
  readonly #slots: number;
  /** Adapter and the number of the step that ran it last. */
  readonly #lastStepOf = new Map<number, number>();

  constructor(slots: number) {
    this.#slots = slots;
  }

  /** Brings the adapters of a step into slots and says how many had to be loaded. */
  load(adaptersOfStep: readonly number[], stepNumber: number): number {
    if (this.#slots === 0) return 0;
    const adapters = [...new Set(adaptersOfStep)].filter((adapter) => adapter !== 0);
    adapters.sort((a, b) => a - b);
    let loads = 0;
    for (const adapter of adapters) {
      if (!this.#lastStepOf.has(adapter)) {
        if (this.#lastStepOf.size === this.#slots) this.#evictOneNotIn(adapters);
        loads += 1;
      }
      this.#lastStepOf.set(adapter, stepNumber);
    }
    return loads;
  }

  #evictOneNotIn(adapters: readonly number[]): void {
    const evictable = [...this.#lastStepOf]
      .map(([adapter, lastStep]) => ({ adapter, lastStep }))
      .filter(({ adapter }) => !adapters.includes(adapter))
      .sort((a, b) => a.lastStep - b.lastStep || a.adapter - b.adapter);
    this.#lastStepOf.delete(evictable[0]!.adapter);
  }
}
