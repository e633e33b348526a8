/**
 * From the hash of a block's content to the blocks that hold it, in the order in which they came.
 * Open addressing with linear probing: blocks of one hash lie in their order behind one another,
 * and closing the gap of a removed block keeps that order.
 */
export class BlockIndex {
  readonly #mask: number;
  /** Pairs of the lower hash word and the block; block 0 marks a free place. */
  readonly #table: Int32Array;
  readonly #low: Int32Array;
  readonly #high: Int32Array;

  /** For blocks numbered from 1 to `blocks`. */
  constructor(blocks: number) {
    const places = 2 ** Math.ceil(Math.log2(2 * blocks + 2));
    this.#mask = places - 1;
    this.#table = new Int32Array(2 * places);
    this.#low = new Int32Array(blocks + 1);
    this.#high = new Int32Array(blocks + 1);
  }

  /** The oldest block of this content, or 0. */
  find(low: number, high: number): number {
    const table = this.#table;
    for (let place = low & this.#mask; ; place = (place + 1) & this.#mask) {
      const block = table[2 * place + 1]!;
      if (block === 0) return 0;
      if (table[2 * place] === low && this.#high[block] === high) return block;
    }
  }

  add(block: number, low: number, high: number): void {
    this.#low[block] = low;
    this.#high[block] = high;
    let place = low & this.#mask;
    while (this.#table[2 * place + 1] !== 0) place = (place + 1) & this.#mask;
    this.#table[2 * place] = low;
    this.#table[2 * place + 1] = block;
  }

  remove(block: number): void {
    const table = this.#table;
    const mask = this.#mask;
    let hole = this.#low[block]! & mask;
    while (table[2 * hole + 1] !== block) hole = (hole + 1) & mask;
    for (let place = (hole + 1) & mask; table[2 * place + 1] !== 0; place = (place + 1) & mask) {
      const home = table[2 * place]! & mask;
      // It may move to the hole unless its home lies behind the hole.
      if (((place - home) & mask) < ((place - hole) & mask)) continue;
      table[2 * hole] = table[2 * place]!;
      table[2 * hole + 1] = table[2 * place + 1]!;
      hole = place;
    }
    table[2 * hole + 1] = 0;
  }
}
