import type { EngineConfig } from '../../sim/replica/engine-config.ts';

interface PlainSequence {
  readonly name: number;
  tokens: number;
  computed: number;
  blocks: number;
}

/**
 * One step of vLLM V1's `Scheduler.schedule()` (fcfs, no prefix cache, synchronous), line by line
 * as its source has it, with lists instead of anything clever.
 */
export class PlainScheduler {
  readonly #config: EngineConfig;
  #waiting: PlainSequence[] = [];
  #running: PlainSequence[] = [];
  preemptions = 0;

  constructor(config: EngineConfig) {
    this.#config = config;
  }

  get free(): number {
    return this.#config.usableBlocks - this.#running.reduce((sum, { blocks }) => sum + blocks, 0);
  }

  add(name: number, tokens: number): void {
    this.#waiting.push({ name, tokens, computed: 0, blocks: 0 });
  }

  append(name: number): void {
    for (const sequence of this.#running) if (sequence.name === name) sequence.tokens += 1;
  }

  remove(name: number): void {
    this.#running = this.#running.filter((sequence) => sequence.name !== name);
    this.#waiting = this.#waiting.filter((sequence) => sequence.name !== name);
  }

  /** The tokens given to each sequence, in the order of `running`. */
  step(): Map<number, number> {
    const given = new Map<number, number>();
    const preempted: PlainSequence[] = [];
    let budget = this.#config.maxNumBatchedTokens;

    // Phase A: running requests, in list order.
    for (let i = 0; i < this.#running.length && budget > 0; i++) {
      const sequence = this.#running[i]!;
      const tokens = this.#demand(sequence, budget);
      let victim: PlainSequence | undefined;
      while (victim !== sequence && !this.#allocate(sequence, tokens)) {
        victim = this.#running.pop()!;
        Object.assign(victim, { computed: 0, blocks: 0 });
        this.preemptions += 1;
        preempted.push(victim);
      }
      if (victim === sequence) break;
      budget -= this.#schedule(sequence, tokens, given);
    }
    for (const sequence of preempted) this.#waiting.unshift(sequence);

    // Phase B: admission, only if nothing was preempted.
    while (preempted.length === 0 && this.#waiting.length > 0 && budget > 0) {
      if (this.#running.length >= this.#config.maxNumSeqs) break;
      const sequence = this.#waiting[0]!;
      const tokens = this.#demand(sequence, budget);
      const kept = this.#running.length > 0 ? this.#config.watermarkBlocks : 0;
      if (this.#config.reserveFullIsl && this.#blocks(sequence.tokens) + kept > this.free) break;
      if (this.#blocks(tokens) + kept > this.free) break;
      this.#running.push(this.#waiting.shift()!);
      this.#allocate(sequence, tokens);
      budget -= this.#schedule(sequence, tokens, given);
    }
    return given;
  }

  #demand({ tokens, computed }: PlainSequence, budget: number): number {
    const { longPrefillTokenThreshold, maxModelLen } = this.#config;
    let demand = tokens - computed;
    if (longPrefillTokenThreshold < demand) demand = longPrefillTokenThreshold;
    return Math.min(demand, budget, maxModelLen - 1 - computed);
  }

  #blocks(tokens: number): number {
    return Math.ceil(tokens / this.#config.blockSize);
  }

  #allocate(sequence: PlainSequence, tokens: number): boolean {
    const more = this.#blocks(sequence.computed + tokens) - sequence.blocks;
    if (more > this.free) return false;
    sequence.blocks += more;
    return true;
  }

  #schedule(sequence: PlainSequence, tokens: number, given: Map<number, number>): number {
    given.set(sequence.name, tokens);
    sequence.computed += tokens;
    return tokens;
  }
}
