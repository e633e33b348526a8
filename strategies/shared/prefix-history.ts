import type { ReplicaView } from '../strategy.ts';
import { PrefixIndex, type PrefixIndexOptions } from './prefix-index.ts';
import type { PrefixSource } from './prefix-source.ts';

/**
 * Where prompts were sent is where their blocks are, from the moment they are sent, and as long as
 * they would stay in a cache of that size if nothing else was in it. Nothing tells what is really
 * there.
 */
export class PrefixHistory implements PrefixSource {
  readonly hooks: PrefixSource['hooks'];
  readonly #index: PrefixIndex;

  constructor(options: PrefixIndexOptions) {
    const index = new PrefixIndex(options);
    this.#index = index;
    this.hooks = {
      onDispatched: ({ prefixHashes }, replica, nowUs) =>
        index.insert(prefixHashes, replica, nowUs),
      onJoined: (replica) => index.clear(replica),
      onLeft: (replica) => index.clear(replica),
    };
  }

  match(hashes: Float64Array, replica: ReplicaView): number {
    return this.#index.match(hashes, replica, Number.NEGATIVE_INFINITY);
  }
}
