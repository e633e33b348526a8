import type { EngineConfig } from '../../sim/replica/engine-config.ts';
import { ReferenceKvCache } from './reference-kv-cache.ts';
import type { ReferenceSequence } from './reference-sequence.ts';
import { byUrgency, ReferenceWaiting } from './reference-waiting.ts';

/** A sequence's share of a step. */
export interface Chunk {
  readonly sequence: ReferenceSequence;
  readonly tokens: number;
  /** Tokens of the sequence computed before. */
  readonly history: number;
  /** It completes the tokens of its sequence, so that the step generates the next one. */
  readonly emits: boolean;
  /** The sequence was decoding before this step was scheduled. */
  readonly wasDecoding: boolean;
}

export interface Schedule {
  readonly chunks: readonly Chunk[];
  readonly preempted: boolean;
}

/** `Scheduler.schedule()` of vLLM V1 (`vllm/v1/core/sched/scheduler.py`), line by line. */
export class ReferenceScheduler {
  readonly kvCache: ReferenceKvCache;
  readonly waiting: ReferenceWaiting;
  /** In the order of admission. */
  running: ReferenceSequence[] = [];
  prefixQueries = 0;
  prefixHits = 0;
  preemptions = 0;
  readonly #config: EngineConfig;
  /** Who has come since the last schedule. */
  #inbox: ReferenceSequence[] = [];
  /** In the order in which they were aborted, to be carried out at the next schedule. */
  #aborted: ReferenceSequence[] = [];
  #budget = 0;
  #chunks: Chunk[] = [];
  #nowUs = 0;

  constructor(config: EngineConfig) {
    this.#config = config;
    this.kvCache = new ReferenceKvCache(config);
    this.waiting = new ReferenceWaiting(config.schedulingPolicy);
  }

  add(sequence: ReferenceSequence): void {
    this.#inbox.push(sequence);
  }

  abort(sequence: ReferenceSequence): void {
    sequence.aborted = true;
    this.#aborted.push(sequence);
  }

  /** Takes a sequence out of the engine, wherever it is. */
  remove(sequence: ReferenceSequence): void {
    this.waiting.remove(sequence);
    this.running = this.running.filter((other) => other !== sequence);
    this.kvCache.release(sequence);
  }

  schedule(nowUs: number): Schedule {
    for (const sequence of this.#inbox) this.waiting.arrive(sequence);
    this.#inbox = [];
    for (const sequence of this.#aborted) this.remove(sequence);
    this.#aborted = [];
    this.#budget = this.#config.maxNumBatchedTokens;
    this.#chunks = [];
    this.#nowUs = nowUs;
    const preempted = this.#scheduleRunning();
    if (!preempted) this.#admitWaiting();
    return { chunks: this.#chunks, preempted };
  }

  /** Phase A; true when a sequence lost its blocks. */
  #scheduleRunning(): boolean {
    const { longPrefillTokenThreshold, maxModelLen } = this.#config;
    let preempted = false;
    let i = 0;
    while (i < this.running.length && this.#budget > 0) {
      const sequence = this.running[i]!;
      const room = maxModelLen - 1 - sequence.computed;
      const wanted = Math.min(sequence.demand, longPrefillTokenThreshold);
      const tokens = Math.min(wanted, this.#budget, room);
      if (tokens === 0 || sequence.lastTokenIsInFlight) {
        i += 1;
        continue;
      }
      while (!this.kvCache.allocate(sequence, sequence.computed + tokens)) {
        const victim = this.#victim();
        this.running.splice(this.running.indexOf(victim), 1);
        // Only a victim of this step moves the index back, as in vLLM: one that stood before the
        // sequence without being scheduled makes the loop pass over the next sequence.
        if (this.#takeBack(victim)) i -= 1;
        this.#preempt(victim);
        preempted = true;
        if (victim === sequence) return true;
      }
      this.#give(sequence, tokens);
      i += 1;
    }
    return preempted;
  }

  #victim(): ReferenceSequence {
    if (this.#config.schedulingPolicy === 'fcfs') return this.running.at(-1)!;
    return [...this.running].sort(byUrgency).at(-1)!;
  }

  /** Drops a sequence from the step being built, if it is there. */
  #takeBack(sequence: ReferenceSequence): boolean {
    const chunk = this.#chunks.find((other) => other.sequence === sequence);
    if (chunk === undefined) return false;
    this.#budget += chunk.tokens;
    this.#chunks = this.#chunks.filter((other) => other !== chunk);
    return true;
  }

  #preempt(sequence: ReferenceSequence): void {
    this.kvCache.release(sequence);
    sequence.computed = 0;
    sequence.remoteTokens = 0;
    sequence.placeholders = 0;
    sequence.decoding = false;
    sequence.work.preemptions += 1;
    this.preemptions += 1;
    this.waiting.comeBack(sequence);
  }

  /** Phase B. */
  #admitWaiting(): void {
    const setAside: ReferenceSequence[] = [];
    while (this.waiting.length > 0 && this.#budget > 0) {
      if (this.running.length >= this.#config.maxNumSeqs) break;
      const sequence = this.waiting.head;
      if (this.#needsAnotherAdapter(sequence)) {
        this.waiting.remove(sequence);
        setAside.push(sequence);
      } else if (!this.#admit(sequence)) {
        break;
      }
    }
    for (const sequence of setAside.reverse()) this.waiting.comeBack(sequence);
  }

  /** The step already runs as many adapters as there are slots, and not the one of the sequence. */
  #needsAnotherAdapter({ work }: ReferenceSequence): boolean {
    const { maxLoras } = this.#config;
    const adapters = new Set(this.#chunks.map(({ sequence }) => sequence.work.adapter));
    adapters.delete(0);
    if (maxLoras === 0 || work.adapter === 0 || adapters.has(work.adapter)) return false;
    return adapters.size >= maxLoras;
  }

  /** False when the head of the queue, and so everybody behind it, has to wait. */
  #admit(sequence: ReferenceSequence): boolean {
    const { longPrefillTokenThreshold, enableChunkedPrefill, prefixQueriesCount } = this.#config;
    const { kvCache, waiting } = this;
    const found = kvCache.lookup(sequence);
    const hit = found.length * this.#config.blockSize;
    if (prefixQueriesCount === 'everyAttempt') this.#countLookup(sequence, hit);
    const known = Math.max(hit, sequence.remoteTokens);
    const wanted = Math.min(sequence.tokens - known, longPrefillTokenThreshold);
    if (!enableChunkedPrefill && wanted > this.#budget) return false;
    const tokens = Math.min(wanted, this.#budget);

    const inUse = found.filter(({ users }) => users > 0).length;
    const keptFree = this.running.length > 0 ? this.#config.watermarkBlocks : 0;
    const wholeInput = kvCache.blocksFor(sequence.tokens) - inUse + keptFree;
    if (this.#config.reserveFullIsl && wholeInput > kvCache.free) return false;
    const thisChunk = kvCache.blocksFor(known + tokens) - inUse + keptFree;
    if (thisChunk > kvCache.free) return false;

    waiting.remove(sequence);
    this.running.push(sequence);
    kvCache.touch(sequence, found);
    if (!kvCache.allocate(sequence, known + tokens)) throw new Error('the gates let too much in');
    if (prefixQueriesCount === 'onAdmission') this.#countLookup(sequence, hit);
    if (sequence.work.preemptions === 0) sequence.work.cachedTokens = hit;
    sequence.computed = known;
    this.#give(sequence, tokens);
    return true;
  }

  /** Lookups after a preemption are not counted. */
  #countLookup(sequence: ReferenceSequence, hit: number): void {
    if (!this.#config.enablePrefixCaching || sequence.work.preemptions > 0) return;
    this.prefixQueries += sequence.tokens;
    this.prefixHits += hit;
  }

  /** Tokens count as computed, and full blocks as filled, when they are scheduled. */
  #give(sequence: ReferenceSequence, tokens: number): void {
    const history = sequence.computed;
    sequence.computed += tokens;
    const emits = sequence.computed === sequence.tokens + sequence.placeholders;
    this.#chunks.push({ sequence, tokens, history, emits, wasDecoding: sequence.decoding });
    this.#budget -= tokens;
    if (emits) sequence.decoding = true;
    if (emits && this.#config.asyncScheduling) sequence.placeholders += 1;
    if (Number.isNaN(sequence.work.scheduledUs)) sequence.work.scheduledUs = this.#nowUs;
    this.kvCache.register(sequence, Math.min(sequence.computed, sequence.tokens));
  }
}
