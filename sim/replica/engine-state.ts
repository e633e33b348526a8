import { AdapterSlots } from './adapter-slots.ts';
import { BlockCount } from './block-count.ts';
import { DecodeBatch } from './decode-batch.ts';
import type { EngineConfig } from './engine-config.ts';
import type { CountersInProgress } from './engine-counters.ts';
import type { BlockListener, KvCache } from './kv-cache.ts';
import { PrefixCache } from './prefix-cache.ts';
import { PriorityOrder } from './priority-order.ts';
import { RunningList } from './running-list.ts';
import type { Sequence } from './sequence.ts';
import type { TokenOutput } from './token-output.ts';
import { ArrivalOrder, type WaitingQueue } from './waiting-queue.ts';

/**
 * Who waits, who runs and what they hold. A running sequence is in the decode batch, or it is
 * `partial`, or its last token is in flight and it wants nothing more.
 */
export class EngineState {
  readonly config: EngineConfig;
  readonly output: TokenOutput;
  readonly kvCache: KvCache;
  readonly waiting: WaitingQueue<Sequence>;
  readonly running = new RunningList();
  readonly batch: DecodeBatch;
  readonly adapters: AdapterSlots;
  /** Running sequences that want a number of tokens of their own, in the order of admission. */
  readonly partial: Sequence[] = [];
  /** Number of the last scheduled step. */
  scheduled = 0;
  /** Whether the next step could admit somebody although nothing has changed since the last. */
  mayAdmit = false;
  readonly counters: CountersInProgress;

  constructor(config: EngineConfig, output: TokenOutput, blocks?: BlockListener) {
    this.config = config;
    this.output = output;
    this.counters = output.counters;
    this.batch = new DecodeBatch(config.blockSize);
    this.kvCache = config.enablePrefixCaching
      ? new PrefixCache(config, blocks)
      : new BlockCount(config);
    const byPriority = config.schedulingPolicy === 'priority';
    this.waiting = byPriority ? new PriorityOrder() : new ArrivalOrder();
    this.adapters = new AdapterSlots(config.maxLoras);
  }

  blocksFor(tokens: number): number {
    return Math.ceil(tokens / this.config.blockSize);
  }

  /** From the next step on, after one in which all its tokens were computed. */
  joinBatch(sequence: Sequence): void {
    this.batch.join(sequence, this.scheduled);
    this.adapters.joined(sequence);
    this.kvCache.joined(sequence);
  }

  /** `last` is the step it was last scheduled in, which may be the one being scheduled. */
  leaveBatch(sequence: Sequence, last: number): void {
    this.kvCache.left(sequence, last, this.scheduled);
    this.adapters.left(sequence);
    this.batch.leave(sequence, this.scheduled);
  }

  leavePartial(sequence: Sequence): void {
    const at = this.partial.indexOf(sequence);
    if (at >= 0) this.partial.splice(at, 1);
  }

  /** It is aborted, or has ended: whatever it holds is free. */
  drop(sequence: Sequence): void {
    if (sequence.state === 'waiting') {
      this.waiting.remove(sequence);
    } else {
      if (sequence.inBatch) this.leaveBatch(sequence, this.scheduled);
      else this.leavePartial(sequence);
      this.output.settle(sequence);
      // With steps in flight, what fills a block is known only now; the last token fills none.
      if (this.config.asyncScheduling && !sequence.isAborted) {
        this.kvCache.register(sequence, sequence.tokens - 1);
      }
      this.running.remove(sequence);
      this.kvCache.release(sequence);
    }
    sequence.state = 'ended';
  }
}
