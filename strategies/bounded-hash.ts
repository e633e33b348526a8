import { z } from 'zod';
import { fail } from '../core/assert.ts';
import { Costs } from './shared/costs.ts';
import { Draws } from './shared/draws.ts';
import { HashRing } from './shared/hash-ring.ts';
import { HaproxyBounds, type LoadBounds, SharedBounds } from './shared/load-bounds.ts';
import { type KeyOptions, keyOptions, RequestKey } from './shared/request-key.ts';
import { type RingRule, ringRules } from './shared/ring-rules.ts';
import {
  defineStrategy,
  type ReplicaView,
  type RequestView,
  type Strategy,
  type StrategyContext,
} from './strategy.ts';

interface Options extends KeyOptions {
  readonly balanceFactor: number;
  readonly whenFull: 'next' | 'least-requests';
  readonly hash: 'fairlead' | 'haproxy';
}

class BoundedHash implements Strategy {
  readonly #whenFull: Options['whenFull'];
  readonly #rule: RingRule;
  readonly #ring: HashRing;
  readonly #bounds: LoadBounds;
  readonly #key: RequestKey;
  readonly #draws: Draws;
  readonly #costs = new Costs();

  constructor(options: Options, context: StrategyContext) {
    const { balanceFactor, hash, whenFull } = options;
    this.#whenFull = whenFull;
    this.#rule = ringRules[hash];
    this.#ring = new HashRing(this.#rule);
    const Bounds = hash === 'haproxy' ? HaproxyBounds : SharedBounds;
    this.#bounds = new Bounds(balanceFactor);
    this.#key = new RequestKey(options, context.blockTokens);
    this.#draws = new Draws(context.random);
  }

  pick(request: RequestView, candidates: readonly ReplicaView[]): ReplicaView {
    this.#ring.update(candidates);
    this.#bounds.measure(candidates);
    const first = this.#ring.find(this.#key.hash(request, this.#rule.hashKey), candidates);
    let owner = this.#ring.ownerOf(first, candidates);
    if (this.#bounds.hasRoom(owner)) return owner;
    if (this.#whenFull === 'least-requests') {
      return this.#costs.leastBy(candidates, this.#draws, inFlight);
    }
    let point = first;
    while (!this.#bounds.hasRoom(owner)) {
      point = this.#ring.after(point, candidates);
      if (point === first) fail('the bounds add up to more than all requests, and nobody has room');
      owner = this.#ring.ownerOf(point, candidates);
    }
    return owner;
  }

  onLeft(replica: ReplicaView): void {
    this.#ring.remove(replica);
  }
}

const inFlight = (replica: ReplicaView) => replica.inFlight;

export default defineStrategy({
  name: 'bounded-hash',
  family: 'affinity',
  summary:
    'Consistent hashing with bounded loads: the next replica on the ring that has at most its share of the requests times a factor.',
  needs: ['prefix', 'names'],
  options: {
    ...keyOptions('prefix'),
    balanceFactor: z
      .number()
      .min(1)
      .max(100)
      .default(1.25)
      .meta({ examples: [1.25] })
      .describe('How far above its share a replica may be: 1 for not at all.'),
    whenFull: z
      .enum(['next', 'least-requests'])
      .default('next')
      .meta({ examples: ['least-requests'] })
      .describe(
        'Who gets what the replica of the key may not have: the next on the ring, or the one with the fewest requests in flight as in the prefix_hash of the SGLang gateway.',
      ),
    hash: z
      .enum(['fairlead', 'haproxy'])
      .default('fairlead')
      .meta({ examples: ['haproxy'] })
      .describe(
        'Whose ring and bounds: our own, or "hash-type consistent" with "hash-balance-factor" of HAProxy, pick by pick.',
      ),
  },
  create: (options, context) => new BoundedHash(options, context),
});
