import type { BlockListener } from '../sim/replica/kv-cache.ts';

interface Listener {
  /** False when it is too slow, and hears no more. */
  write(line: string): boolean;
}

interface KvEvent {
  readonly type: 'BlockStored' | 'BlockRemoved' | 'AllBlocksCleared';
  readonly block_hashes?: number[];
  readonly block_size?: number;
}

/**
 * What the prefix caches of a replica hold, for whoever wants to follow it. Events are gathered
 * until the event loop has nothing else to do, which makes one line of those of a step.
 */
export class KvEvents {
  readonly #blockSize: number;
  readonly #nowUs: () => number;
  /** How many engines of the replica hold a content. */
  #held = new Map<number, number>();
  readonly #listeners = new Set<Listener>();
  #untold: KvEvent[] = [];
  #sequence = 0;

  constructor(blockSize: number, nowUs: () => number) {
    this.#blockSize = blockSize;
    this.#nowUs = nowUs;
  }

  /** For engines that are started now; those before them are heard no more. */
  nextLife(): BlockListener {
    this.#held = new Map();
    const held = this.#held;
    this.#note({ type: 'AllBlocksCleared' });
    return {
      stored: (hash) => {
        const engines = held.get(hash) ?? 0;
        held.set(hash, engines + 1);
        if (held === this.#held && engines === 0) this.#noteBlock('BlockStored', hash);
      },
      removed: (hash) => {
        const engines = held.get(hash) ?? 0;
        if (engines > 1) held.set(hash, engines - 1);
        else held.delete(hash);
        if (held === this.#held && engines === 1) this.#noteBlock('BlockRemoved', hash);
      },
    };
  }

  /** It hears first of all that there is. */
  follow(listener: Listener): void {
    this.#tell();
    const stored: KvEvent = {
      type: 'BlockStored',
      block_hashes: [...this.#held.keys()],
      block_size: this.#blockSize,
    };
    const cleared: KvEvent = { type: 'AllBlocksCleared' };
    const events = this.#held.size > 0 ? [cleared, stored] : [cleared];
    if (listener.write(this.#line(events))) this.#listeners.add(listener);
  }

  leave(listener: Listener): void {
    this.#listeners.delete(listener);
  }

  #noteBlock(type: 'BlockStored' | 'BlockRemoved', hash: number): void {
    if (this.#listeners.size === 0) return;
    const last = this.#untold.at(-1);
    if (last?.type === type) last.block_hashes!.push(hash);
    else if (type === 'BlockRemoved') this.#note({ type, block_hashes: [hash] });
    else this.#note({ type, block_hashes: [hash], block_size: this.#blockSize });
  }

  #note(event: KvEvent): void {
    if (this.#listeners.size === 0) return;
    if (this.#untold.length === 0) setImmediate(() => this.#tell());
    this.#untold.push(event);
  }

  #tell(): void {
    if (this.#untold.length === 0) return;
    const events = this.#untold;
    this.#untold = [];
    this.#sequence += 1;
    const line = this.#line(events);
    for (const listener of this.#listeners) {
      if (!listener.write(line)) this.#listeners.delete(listener);
    }
  }

  #line(events: readonly KvEvent[]): string {
    const line = { seq: this.#sequence, ts: this.#nowUs() / 1e6, events };
    return `${JSON.stringify(line)}\n`;
  }
}
