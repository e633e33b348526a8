import type { ReplicaView } from '../strategy.ts';
import { type PrefixCacheOptions, PrefixCaches } from './prefix-caches.ts';
import { PromptLru } from './prompt-lru.ts';

export interface PrefixIndexOptions extends PrefixCacheOptions {
  /** Of each prompt only so many are looked at; 0 for all. */
  readonly blocksPerPrompt: number;
}

/** Of long prompts one block in so many is kept; 128 tokens, with the blocks of most engines. */
const stride = 8;

/** Which replica holds how much of the beginning of a prompt, by what was sent to it. */
export class PrefixIndex {
  readonly #options: PrefixIndexOptions;
  readonly #caches: PrefixCaches<PromptLru>;

  constructor(options: PrefixIndexOptions) {
    this.#options = options;
    this.#caches = new PrefixCaches(options, (capacity) => new PromptLru({ capacity, stride }));
  }

  /** Leading blocks of a prompt that a replica has used since. */
  match(hashes: Float64Array, replica: ReplicaView, sinceUs: number): number {
    const held = this.#caches.get(replica);
    return held === undefined ? 0 : held.match(hashes, this.#lookedAt(hashes), sinceUs);
  }

  insert(hashes: Float64Array, replica: ReplicaView, nowUs: number): void {
    const blocks = this.#lookedAt(hashes);
    if (blocks > 0) this.#caches.made(replica).insert(hashes, blocks, nowUs);
  }

  /** An answer has filled blocks that held something else. */
  occupy(tokens: number, replica: ReplicaView, nowUs: number): void {
    const blocks = Math.ceil(tokens / this.#options.blockTokens);
    if (blocks > 0) this.#caches.made(replica).occupy(blocks, nowUs);
  }

  /** It has gone, or has lost all it had. */
  clear(replica: ReplicaView): void {
    this.#caches.clear(replica);
  }

  #lookedAt({ length }: Float64Array): number {
    const { blocksPerPrompt } = this.#options;
    return blocksPerPrompt > 0 && blocksPerPrompt < length ? blocksPerPrompt : length;
  }
}
