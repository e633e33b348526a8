import { describe, expect, test } from 'vitest';
import { strategies } from '../../strategies/registry.ts';
import type {
  AttemptEnd,
  ReplicaView,
  RequestView,
  Strategy,
  StrategyDefinition,
} from '../../strategies/strategy.ts';
import { collectGarbage } from '../support/heap-growth.ts';
import { strategyContext } from '../support/strategies.ts';
import { fleetView, reportedLoad, requestView } from '../support/views.ts';

// A gateway runs for months: whatever becomes of a request, a strategy must not keep it.

/** Small caches are soon full, and then nothing more may be remembered of prompts. */
const fleet = fleetView([0, 0, 0, 0], () => ({
  kvTokens: 4_000,
  reported: reportedLoad({ running: 1 }),
}));

type Outcome = AttemptEnd['outcome'];

class Life {
  readonly #strategy: Strategy;
  /** The same for all, because memory of arrays is given back late. */
  readonly #hashes = new Float64Array(12);
  #nowUs = 0;
  #id = 0;

  constructor(definition: StrategyDefinition) {
    const options = 'blocksPerReplica' in definition.schema.shape ? { blocksPerReplica: 250 } : {};
    this.#strategy = definition.create(options, strategyContext(definition.name));
  }

  go(requests: number): void {
    for (const end = this.#id + requests; this.#id < end; this.#id++) {
      const id = this.#id;
      this.#nowUs += 10_000;
      for (let block = 0; block < 12; block++) this.#hashes[block] = 100 * id + block;
      const request = requestView(id, 200, {
        ...{ tenant: `tenant-${id % 50}`, session: 1 + (id % 1_000), adapter: id % 5 },
        prefixHashes: this.#hashes,
      });
      this.#serve(request, this.#pick(request));
      if (id % 100 === 99) this.#renew(fleet[id % 4]!);
    }
  }

  #serve(request: RequestView, replica: ReplicaView): void {
    const other = fleet[(replica.index + 1) % fleet.length]!;
    const plain = ['failed', 'refused', 'cancelled', 'timeout', 'truncated'] as const;
    const kind = request.id % 14;
    this.#send(request, replica);
    if (kind < 10) {
      if (kind % 2 === 0) this.#begin(request, replica);
      this.#end(request, replica, plain[kind >> 1]!);
    } else if (kind === 10) {
      this.#end(request, replica, 'failed');
      this.#send(request, other);
      this.#finish(request, other);
    } else if (kind < 13) {
      this.#send(request, other);
      const [winner, loser] = kind === 11 ? [replica, other] : [other, replica];
      this.#end(request, loser, 'outrun');
      this.#finish(request, winner);
    } else {
      this.#finish(request, replica);
    }
  }

  #pick(request: RequestView): ReplicaView {
    const picked = this.#strategy.pick(request, fleet, this.#nowUs);
    return typeof picked === 'string' ? fleet[0]! : picked;
  }

  #send(request: RequestView, replica: ReplicaView): void {
    this.#strategy.onDispatched?.(request, replica, this.#nowUs);
    const { prefixHashes: hashes } = request;
    this.#strategy.onKvEvent?.(replica, { kind: 'stored', hashes }, this.#nowUs);
    this.#strategy.onReported?.(replica, this.#nowUs);
    this.#nowUs += 1_000;
  }

  #begin(request: RequestView, replica: ReplicaView): void {
    this.#strategy.onFirstToken?.(request, replica, this.#nowUs);
    this.#nowUs += 1_000;
  }

  #finish(request: RequestView, replica: ReplicaView): void {
    this.#begin(request, replica);
    this.#end(request, replica, 'ok');
  }

  #end(request: RequestView, replica: ReplicaView, outcome: Outcome): void {
    const tokens = outcome === 'ok' ? 20 : Number.NaN;
    const end = { outcome, outputTokens: tokens, cachedTokens: Number.NaN };
    this.#strategy.onEnded?.(request, replica, end, this.#nowUs);
  }

  /** Leaves the pool and comes back as another engine. */
  #renew(replica: ReplicaView): void {
    this.#strategy.onLeft?.(replica, this.#nowUs);
    this.#strategy.onJoined?.(replica, this.#nowUs);
  }
}

/** What is held after a collection, inside the heap and in arrays outside of it. */
function heldBytes(): number {
  // Another thread gives back the memory of arrays, and the next collection waits for it.
  collectGarbage();
  collectGarbage();
  const { arrayBuffers, heapUsed } = process.memoryUsage();
  return heapUsed + arrayBuffers;
}

describe('once a request has ended in whatever way, nothing of it is kept by', () => {
  test.each(strategies.map((it) => [it.name, it] as const))('%s', (_, definition) => {
    const life = new Life(definition);
    life.go(12_000);
    let bytesEach = Number.POSITIVE_INFINITY;
    // What else the process does takes memory once in a while, but a leak takes it every time. Maps
    // grow by doubling, so there must be several times as many requests as before.
    for (let requests = 30_000; bytesEach >= 3 && requests <= 480_000; requests *= 2) {
      const before = heldBytes();
      life.go(requests);
      bytesEach = Math.min(bytesEach, (heldBytes() - before) / requests);
    }
    // An entry in a map is 16 bytes at least, and any kind of end is one in fourteen.
    expect(bytesEach).toBeLessThan(3);
  });
});
