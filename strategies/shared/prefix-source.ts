import type { ReplicaView, Strategy } from '../strategy.ts';

/** Says what is in the prefix cache of a replica. */
export interface PrefixSource {
  /** So many blocks of a prompt are taken to be there. */
  match(hashes: Float64Array, replica: ReplicaView, nowUs: number): number;
  /** What it has to be told of, for a strategy to pass on. */
  readonly hooks: Pick<Strategy, 'onDispatched' | 'onJoined' | 'onKvEvent' | 'onLeft'>;
}

/** How much of one prompt each of the candidates has. */
export class PrefixMatches {
  /** By the place of a candidate in the list. */
  blocks: Int32Array = new Int32Array(64);
  most = 0;
  readonly #source: PrefixSource;

  constructor(source: PrefixSource) {
    this.#source = source;
  }

  find(hashes: Float64Array, candidates: readonly ReplicaView[], nowUs: number): void {
    const { length } = candidates;
    if (this.blocks.length < length) this.blocks = new Int32Array(2 * length);
    this.most = 0;
    for (let i = 0; i < length; i++) {
      const blocks = this.#source.match(hashes, candidates[i]!, nowUs);
      this.blocks[i] = blocks;
      if (blocks > this.most) this.most = blocks;
    }
  }
}
