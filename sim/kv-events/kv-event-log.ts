import type { KvEvent } from '../../strategies/strategy.ts';
import { hashAt } from '../prompt-hashes.ts';
import type { BlockListener } from '../replica/kv-cache.ts';
import type { Segment } from '../replica/segment.ts';

/**
 * What the engines behind one address have to tell of their prefix caches (`BlockStored` and
 * `BlockRemoved` of vLLM). There is one event when a content comes into the first cache and one
 * when it is lost from the last, however many blocks and engines hold it.
 */
export class KvEventLog {
  readonly #blockTokens: number;
  /** How many blocks hold a content. */
  #blocks = new Map<number, number>();
  #untold: { kind: KvEvent['kind']; hashes: number[] }[] = [];
  /** Engines are started one after the other; only those of the present are heard. */
  #lives = 0;
  #present: number;

  constructor(blockTokens: number, isUp: boolean) {
    this.#blockTokens = blockTokens;
    this.#present = isUp ? 1 : 0;
  }

  /** For the engines that are started next. */
  nextLife(): BlockListener {
    const life = ++this.#lives;
    return {
      stored: (segment, first, blocks) => {
        if (life === this.#present) this.#each(segment, first, blocks, this.#stored);
      },
      removed: (segment, first, blocks) => {
        if (life === this.#present) this.#each(segment, first, blocks, this.#removed);
      },
    };
  }

  /** The next engines come up, with empty caches. */
  restart(): void {
    this.#present += 1;
    this.#blocks = new Map();
    this.#untold = [{ kind: 'cleared', hashes: [] }];
  }

  /** What has not been told yet, in order. */
  take(): readonly KvEvent[] {
    if (this.#untold.length === 0) return [];
    const events = this.#untold.map(({ kind, hashes }) => ({
      kind,
      hashes: Float64Array.from(hashes),
    }));
    this.#untold = [];
    return events;
  }

  #each(from: Segment, first: number, blocks: number, act: (hash: number) => void): void {
    let segment = from;
    for (let block = first; block < first + blocks; block++) {
      const position = (block + 1) * this.#blockTokens;
      while (segment.end < position) segment = segment.next!;
      act(hashAt(segment, position));
    }
  }

  readonly #stored = (hash: number): void => {
    const blocks = this.#blocks.get(hash) ?? 0;
    this.#blocks.set(hash, blocks + 1);
    if (blocks === 0) this.#note('stored', hash);
  };

  readonly #removed = (hash: number): void => {
    const blocks = this.#blocks.get(hash)!;
    if (blocks > 1) {
      this.#blocks.set(hash, blocks - 1);
    } else {
      this.#blocks.delete(hash);
      this.#note('removed', hash);
    }
  };

  #note(kind: KvEvent['kind'], hash: number): void {
    const last = this.#untold.at(-1);
    if (last?.kind === kind) last.hashes.push(hash);
    else this.#untold.push({ kind, hashes: [hash] });
  }
}
