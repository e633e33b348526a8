import type { ReplicaView } from '../strategy.ts';

/** What a replica of unknown size is taken to hold: 500,000 tokens, as in the router of llm-d. */
const usualBlocks = 31_250;

export interface PrefixCacheOptions {
  readonly blockTokens: number;
  /** Most blocks remembered for a replica; 0 for as many as its KV cache has. */
  readonly blocksPerReplica: number;
}

/** A cache for each replica, of the size of its own, from the first time something is put in. */
export class PrefixCaches<Cache extends { clear(): void }> {
  readonly #options: PrefixCacheOptions;
  readonly #create: (blocks: number) => Cache;
  readonly #caches: (Cache | undefined)[] = [];

  constructor(options: PrefixCacheOptions, create: (blocks: number) => Cache) {
    this.#options = options;
    this.#create = create;
  }

  get({ index }: ReplicaView): Cache | undefined {
    // Reading a list beyond its end is slow.
    return index < this.#caches.length ? this.#caches[index] : undefined;
  }

  made(replica: ReplicaView): Cache {
    while (this.#caches.length <= replica.index) this.#caches.push(undefined);
    this.#caches[replica.index] ??= this.#create(this.#blocksOf(replica));
    return this.#caches[replica.index]!;
  }

  /** It has gone, or has lost all it had. */
  clear(replica: ReplicaView): void {
    this.get(replica)?.clear();
  }

  #blocksOf({ kvTokens }: ReplicaView): number {
    const { blocksPerReplica, blockTokens } = this.#options;
    if (blocksPerReplica > 0) return blocksPerReplica;
    return kvTokens > 0 ? kvTokens / blockTokens : usualBlocks;
  }
}
