import { assert } from '../../core/assert.ts';
import { clearShape, emptyShape, type StepShape } from '../step-time/step-time.ts';
import { BlockPool } from './block-pool.ts';
import type { EngineConfig } from './engine-config.ts';
import type { Sequence } from './sequence.ts';
import { WaitingQueue } from './waiting-queue.ts';

/**
 * What vLLM V1 puts into the next step (`vllm/v1/core/sched/scheduler.py`): one token budget, first
 * for the running sequences in the order of their admission, then for waiting ones in the order of
 * their arrival. Prompts and decodes share a step; there are no separate phases.
 */
export class Scheduler {
  readonly kvCache: BlockPool;
  readonly waiting = new WaitingQueue<Sequence>();
  /** In order of admission; the last one is the first to be preempted. */
  readonly running: Sequence[] = [];
  /** The step just scheduled. */
  readonly shape: StepShape = emptyShape();
  readonly #config: EngineConfig;
  #budget = 0;
  #anyAborted = false;

  constructor(config: EngineConfig) {
    this.#config = config;
    this.kvCache = new BlockPool(config.usableBlocks);
  }

  /** Fills the next step; false when there is nothing to run. */
  schedule(nowUs: number): boolean {
    clearShape(this.shape);
    if (this.#anyAborted) this.#dropAborted();
    this.#budget = this.#config.maxNumBatchedTokens;
    const preempted = this.#scheduleRunning(nowUs);
    // A step that took blocks away from somebody admits nobody.
    if (!preempted) this.#admitWaiting(nowUs);
    const scheduled = this.#budget < this.#config.maxNumBatchedTokens;
    const canRun = this.running.length > 0 || this.waiting.length > 0;
    assert(scheduled || !canRun, 'invariant 8: an engine with work is idle');
    return scheduled;
  }

  /** Acts when the next step is scheduled; the step in flight still pays for the sequence. */
  abort(sequence: Sequence): void {
    sequence.aborted = true;
    this.#anyAborted = true;
  }

  /** A sequence that ended gives its blocks back. */
  release(sequence: Sequence): void {
    this.kvCache.giveBack(sequence.kvBlocks);
    sequence.kvBlocks = 0;
  }

  #dropAborted(): void {
    this.waiting.removeWhere(({ aborted }) => aborted);
    let kept = 0;
    for (const sequence of this.running) {
      if (sequence.aborted) this.release(sequence);
      else this.running[kept++] = sequence;
    }
    this.running.length = kept;
    this.#anyAborted = false;
  }

  #scheduleRunning(nowUs: number): boolean {
    let preempted = false;
    for (let i = 0; i < this.running.length && this.#budget > 0; i++) {
      const sequence = this.running[i]!;
      const tokens = this.#chunk(sequence);
      while (!this.#grow(sequence, tokens)) {
        // The victim is whoever was admitted last, which may be the sequence itself; the loop then
        // ends, because the list now ends before it.
        const victim = this.running.pop()!;
        this.#preempt(victim);
        preempted = true;
        if (victim === sequence) return true;
      }
      this.#give(sequence, tokens, nowUs);
    }
    return preempted;
  }

  #admitWaiting(nowUs: number): void {
    const { maxNumSeqs, reserveFullIsl, watermarkBlocks } = this.#config;
    while (this.waiting.length > 0 && this.#budget > 0 && this.running.length < maxNumSeqs) {
      const sequence = this.waiting.front();
      const tokens = this.#chunk(sequence);
      const wanted = this.#blocksFor(reserveFullIsl ? sequence.tokens : tokens);
      const keptFree = this.running.length > 0 ? watermarkBlocks : 0;
      // The head of the queue blocks everybody behind it: vLLM never skips to a smaller request.
      if (wanted + keptFree > this.kvCache.free) return;
      this.waiting.popFront();
      this.running.push(sequence);
      const fits = this.#grow(sequence, tokens);
      assert(fits, 'an admitted chunk has its blocks');
      this.#give(sequence, tokens, nowUs);
    }
  }

  /** How many tokens of a sequence the budget, the threshold and the model's length let through. */
  #chunk(sequence: Sequence): number {
    const { longPrefillTokenThreshold, maxModelLen } = this.#config;
    const wanted = sequence.tokens - sequence.computed;
    const room = maxModelLen - 1 - sequence.computed;
    return Math.min(wanted, longPrefillTokenThreshold, this.#budget, room);
  }

  #grow(sequence: Sequence, tokens: number): boolean {
    const more = this.#blocksFor(sequence.computed + tokens) - sequence.kvBlocks;
    if (more > this.kvCache.free) return false;
    this.kvCache.take(more);
    sequence.kvBlocks += more;
    return true;
  }

  /** vLLM counts tokens as computed when they are scheduled, not when the step has run. */
  #give(sequence: Sequence, tokens: number, nowUs: number): void {
    assert(tokens > 0, 'a scheduled sequence computes something');
    const { shape } = this;
    const history = sequence.computed;
    this.#budget -= tokens;
    sequence.computed += tokens;
    sequence.scheduledTokens = tokens;
    if (Number.isNaN(sequence.scheduledUs)) sequence.scheduledUs = nowUs;
    shape.sequences += 1;
    if (tokens === 1 && history > 0) {
      shape.decodeSeqs += 1;
      shape.decodeContext += sequence.computed;
    } else {
      shape.prefillTokens += tokens;
      shape.prefillAttention += tokens * (history + tokens / 2);
      shape.prefillHistory += history;
    }
  }

  /** All is computed again later, prompt and what was generated; V1 does not swap to the host. */
  #preempt(sequence: Sequence): void {
    this.release(sequence);
    sequence.computed = 0;
    sequence.scheduledTokens = 0;
    sequence.preemptions += 1;
    this.waiting.pushFront(sequence);
  }

  #blocksFor(tokens: number): number {
    return Math.ceil(tokens / this.#config.blockSize);
  }
}
