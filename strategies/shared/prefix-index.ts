import type { ReplicaView } from '../strategy.ts';
import { BlockLru } from './block-lru.ts';

/** What a replica of unknown size is taken to hold: 500,000 tokens, as in the router of llm-d. */
const usualBlocks = 31_250;

export interface PrefixIndexOptions {
  readonly blockTokens: number;
  /** Most blocks remembered for a replica; 0 for as many as its KV cache has. */
  readonly blocksPerReplica: number;
  /** Of each prompt only so many are looked at; 0 for all. */
  readonly blocksPerPrompt: number;
}

/** Of long prompts one block in so many is kept; 128 tokens, with the blocks of most engines. */
const usualStride = 8;

/** Which replica holds how much of the beginning of a prompt, as far as anybody has said. */
export class PrefixIndex {
  readonly #options: PrefixIndexOptions;
  readonly #stride: number;
  readonly #replicas: (BlockLru | undefined)[] = [];

  constructor(options: PrefixIndexOptions, stride = usualStride) {
    this.#options = options;
    this.#stride = stride;
  }

  /** Leading blocks of a prompt that a replica has used since. */
  match(hashes: Float64Array, { index }: ReplicaView, sinceUs: number): number {
    // Reading a list beyond its end is slow.
    if (index >= this.#replicas.length) return 0;
    const held = this.#replicas[index];
    return held === undefined ? 0 : held.match(hashes, this.#lookedAt(hashes), sinceUs);
  }

  insert(hashes: Float64Array, replica: ReplicaView, nowUs: number): void {
    const blocks = this.#lookedAt(hashes);
    if (blocks > 0) this.#of(replica).insert(hashes, blocks, nowUs);
  }

  /** An answer has filled blocks that held something else. */
  occupy(tokens: number, replica: ReplicaView, nowUs: number): void {
    const blocks = Math.ceil(tokens / this.#options.blockTokens);
    if (blocks > 0) this.#of(replica).occupy(blocks, nowUs);
  }

  remove(hashes: Float64Array, { index }: ReplicaView): void {
    const held = this.#replicas[index];
    if (held === undefined) return;
    for (let i = 0; i < hashes.length; i++) held.remove(hashes, i);
  }

  /** It has gone, or has lost all it had. */
  clear({ index }: ReplicaView): void {
    this.#replicas[index]?.clear();
  }

  #lookedAt({ length }: Float64Array): number {
    const { blocksPerPrompt } = this.#options;
    return blocksPerPrompt > 0 && blocksPerPrompt < length ? blocksPerPrompt : length;
  }

  #of(replica: ReplicaView): BlockLru {
    while (this.#replicas.length <= replica.index) this.#replicas.push(undefined);
    this.#replicas[replica.index] ??= new BlockLru({
      capacity: this.#capacityOf(replica),
      stride: this.#stride,
    });
    return this.#replicas[replica.index]!;
  }

  #capacityOf({ kvTokens }: ReplicaView): number {
    const { blocksPerReplica, blockTokens } = this.#options;
    if (blocksPerReplica > 0) return blocksPerReplica;
    return kvTokens > 0 ? kvTokens / blockTokens : usualBlocks;
  }
}
