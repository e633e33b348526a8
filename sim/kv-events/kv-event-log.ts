import type { KvEvent } from '../../strategies/strategy.ts';
import type { BlockListener } from '../replica/kv-cache.ts';

/**
 * What the engines behind one address have to tell of their prefix caches (`BlockStored` and
 * `BlockRemoved` of vLLM). There is one event when a content comes into the first cache and one
 * when it is lost from the last.
 */
export class KvEventLog {
  /** How many engines hold a content, if there are several. */
  readonly #engines: Map<number, number> | undefined;
  #untold: { readonly kind: KvEvent['kind']; readonly hashes: number[] }[] = [];
  /** Engines are started one after the other; only those of the present are heard. */
  #lives = 0;
  #present: number;

  constructor({ isUp, hasSeveralEngines }: { isUp: boolean; hasSeveralEngines: boolean }) {
    this.#engines = hasSeveralEngines ? new Map() : undefined;
    this.#present = isUp ? 1 : 0;
  }

  /** For the engines that are started next. */
  nextLife(): BlockListener {
    const life = ++this.#lives;
    return {
      stored: (hash) => {
        if (life === this.#present && this.#isFirst(hash)) this.#note('stored', hash);
      },
      removed: (hash) => {
        if (life === this.#present && this.#wasLast(hash)) this.#note('removed', hash);
      },
    };
  }

  /** The next engines come up, with empty caches. */
  restart(): void {
    this.#present += 1;
    this.#engines?.clear();
    this.#untold = [{ kind: 'cleared', hashes: [] }];
  }

  /** What has not been told yet, in order. */
  take(): readonly KvEvent[] {
    if (this.#untold.length === 0) return [];
    const events = this.#untold.map(({ kind, hashes }) => ({
      kind,
      hashes: new Float64Array(hashes),
    }));
    this.#untold = [];
    return events;
  }

  #isFirst(hash: number): boolean {
    if (this.#engines === undefined) return true;
    const engines = this.#engines.get(hash) ?? 0;
    this.#engines.set(hash, engines + 1);
    return engines === 0;
  }

  #wasLast(hash: number): boolean {
    if (this.#engines === undefined) return true;
    const engines = this.#engines.get(hash)!;
    if (engines > 1) this.#engines.set(hash, engines - 1);
    else this.#engines.delete(hash);
    return engines === 1;
  }

  #note(kind: KvEvent['kind'], hash: number): void {
    const last = this.#untold.at(-1);
    if (last?.kind === kind) last.hashes.push(hash);
    else this.#untold.push({ kind, hashes: [hash] });
  }
}
