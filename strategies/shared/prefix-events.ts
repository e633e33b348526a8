import type { KvEvent, ReplicaView, RequestView } from '../strategy.ts';
import { BlockLru } from './block-lru.ts';
import { PrefixCaches } from './prefix-caches.ts';
import { PrefixIndex, type PrefixIndexOptions } from './prefix-index.ts';
import type { PrefixSource } from './prefix-source.ts';

export interface PrefixEventsOptions extends PrefixIndexOptions {
  /** How long a prompt is taken to be where it was sent, although no event has said so. */
  readonly speculationUs: number;
}

/**
 * What replicas say by KV events is in their caches, and also what was sent to them just now: its
 * events are still to come. A replica that has never sent an event is known by what was sent to it
 * alone.
 */
export class PrefixEvents implements PrefixSource {
  readonly hooks: PrefixSource['hooks'];
  readonly #speculationUs: number;
  readonly #mostBlocks: number;
  readonly #told: PrefixCaches<BlockLru>;
  readonly #sent: PrefixIndex;
  /** 1 for those that have sent an event. */
  #tells = new Uint8Array(64);

  constructor(options: PrefixEventsOptions) {
    this.#speculationUs = options.speculationUs;
    const { blocksPerPrompt } = options;
    this.#mostBlocks = blocksPerPrompt > 0 ? blocksPerPrompt : Number.POSITIVE_INFINITY;
    this.#told = new PrefixCaches(options, (blocks) => new BlockLru(blocks));
    this.#sent = new PrefixIndex(options);
    this.hooks = {
      onDispatched: (request, replica, nowUs) => this.#onDispatched(request, replica, nowUs),
      onKvEvent: (replica, event) => this.#onKvEvent(replica, event),
      onJoined: (replica) => this.#forgetEngine(replica),
      onLeft: (replica) => this.#forgetEngine(replica),
    };
  }

  match(hashes: Float64Array, replica: ReplicaView, nowUs: number): number {
    const { index } = replica;
    const tells = index < this.#tells.length && this.#tells[index] === 1;
    if (!tells) return this.#sent.match(hashes, replica, Number.NEGATIVE_INFINITY);
    const told = this.#told.get(replica)?.match(hashes) ?? 0;
    const compared = Math.min(told, this.#mostBlocks);
    return Math.max(compared, this.#sent.match(hashes, replica, nowUs - this.#speculationUs));
  }

  #onDispatched({ prefixHashes }: RequestView, replica: ReplicaView, nowUs: number): void {
    this.#sent.insert(prefixHashes, replica, nowUs);
  }

  #onKvEvent(replica: ReplicaView, { hashes, kind }: KvEvent): void {
    const { index } = replica;
    if (index >= this.#tells.length) {
      const more = new Uint8Array(2 * (index + 1));
      more.set(this.#tells);
      this.#tells = more;
    }
    this.#tells[index] = 1;
    if (kind === 'stored') this.#told.made(replica).insert(hashes);
    else if (kind === 'removed') this.#told.get(replica)?.remove(hashes);
    else this.#forget(replica);
  }

  /** Whether the next one sends events is not known. */
  #forgetEngine(replica: ReplicaView): void {
    if (replica.index < this.#tells.length) this.#tells[replica.index] = 0;
    this.#forget(replica);
  }

  #forget(replica: ReplicaView): void {
    this.#told.clear(replica);
    this.#sent.clear(replica);
  }
}
