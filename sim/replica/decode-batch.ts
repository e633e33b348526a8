import { FinishHeap } from './finish-heap.ts';
import type { Sequence } from './sequence.ts';

/**
 * The sequences that each compute one token in every step. Nothing is done per sequence and step:
 * everything that changes does so by one for all of them, so it is kept as a sum, or as the step
 * from which it counts. A member's `computed` is that of the step before its `joinStep`; since then
 * it has grown by one with each scheduled step.
 */
export class DecodeBatch {
  size = 0;
  /** Changes whenever a sequence joins or leaves. */
  version = 0;
  readonly finishing = new FinishHeap();
  readonly #blockSize: number;
  /** Sum of `computed` over the batch, as of the last scheduled step. */
  #computed = 0;
  /** Members by the step, modulo the block size, in which they begin a new block. */
  readonly #newBlockPhase: Int32Array;

  constructor(blockSize: number) {
    this.#blockSize = blockSize;
    this.#newBlockPhase = new Int32Array(blockSize);
  }

  /** Context tokens that the next step reads, its own included. */
  get nextContext(): number {
    return this.#computed + this.size;
  }

  /** Joins for the steps after the last scheduled one, in which it computed all that it has. */
  join(sequence: Sequence, scheduled: number): void {
    sequence.inBatch = true;
    sequence.joinStep = scheduled + 1;
    sequence.unsettledFrom = scheduled + 1;
    // The step that completed its prompt brings the first token of those still missing.
    sequence.finishStep = scheduled + sequence.finalTokens - sequence.generated - 1;
    this.size += 1;
    this.version += 1;
    this.#computed += sequence.computed;
    this.#newBlockPhase[this.#phase(sequence)]! += 1;
    this.finishing.push(sequence);
  }

  /** Leaves; it has computed a token in each step up to the last scheduled one. */
  leave(sequence: Sequence, scheduled: number): void {
    this.size -= 1;
    this.version += 1;
    this.#newBlockPhase[this.#phase(sequence)]! -= 1;
    sequence.inBatch = false;
    sequence.computed += scheduled - sequence.joinStep + 1;
    this.#computed -= sequence.computed;
    this.finishing.remove(sequence);
  }

  /** Another `count` steps are scheduled. */
  advance(count: number): void {
    this.#computed += count * this.size;
  }

  /** Whether this member needs a new block for its token in the step. */
  startsBlock(sequence: Sequence, step: number): boolean {
    return this.#phase(sequence) === step % this.#blockSize;
  }

  /** Blocks that the batch needs in the `count` steps from `step` on. */
  blocksFor(step: number, count: number): number {
    const whole = Math.floor(count / this.#blockSize);
    let blocks = whole * this.size;
    for (let i = whole * this.#blockSize; i < count; i++) {
      blocks += this.#newBlockPhase[(step + i) % this.#blockSize]!;
    }
    return blocks;
  }

  /** How many steps from `step` on, at most `limit`, the free blocks are enough for. */
  stepsWithin(free: number, step: number, limit: number): number {
    if (this.size * Math.ceil(limit / this.#blockSize) <= free) return limit;
    const whole = Math.floor(free / this.size);
    let steps = whole * this.#blockSize;
    let left = free - whole * this.size;
    while (steps < limit) {
      left -= this.#newBlockPhase[(step + steps) % this.#blockSize]!;
      if (left < 0) return steps;
      steps += 1;
    }
    return limit;
  }

  #phase({ joinStep, computed }: Sequence): number {
    const past = computed % this.#blockSize;
    return (joinStep + (past === 0 ? 0 : this.#blockSize - past)) % this.#blockSize;
  }
}
