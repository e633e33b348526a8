import { z } from 'zod';
import { fnv1a, mix32 } from './shared/fnv1a.ts';
import { bytesOfName, PerName } from './shared/per-name.ts';
import { type KeyOptions, keyOptions, RequestKey } from './shared/request-key.ts';
import {
  defineStrategy,
  type ReplicaView,
  type RequestView,
  type Strategy,
  type StrategyContext,
} from './strategy.ts';

/** What is done to the hash of key and name, one after the other. */
const finalisers = { fairlead: mix32, caddy: (hash: number) => hash } as const;

interface Options extends KeyOptions {
  readonly hash: keyof typeof finalisers;
}

/**
 * Every replica draws a lot from the key and its own name, and the highest wins, so that who leaves
 * takes only its own keys along (Thaler and Ravishankar, 1998). With a weight, -ln(lot)/weight is
 * exponential of that rate, and the least of such wins in proportion to its rate.
 */
class RendezvousHash implements Strategy {
  readonly #key: RequestKey;
  readonly #finalise: (hash: number) => number;
  readonly #names = new PerName(bytesOfName);

  constructor(options: Options, context: StrategyContext) {
    this.#key = new RequestKey(options, context.blockTokens);
    this.#finalise = finalisers[options.hash];
  }

  pick(request: RequestView, candidates: readonly ReplicaView[]): ReplicaView {
    const hash = this.#key.hash(request, fnv1a);
    let best = candidates[0]!;
    let least = Number.POSITIVE_INFINITY;
    for (let i = 0; i < candidates.length; i++) {
      const candidate = candidates[i]!;
      const name = this.#names.of(candidate);
      const lot = this.#finalise(fnv1a(name, name.length, hash)) >>> 0;
      const cost = -Math.log((lot + 0.5) / 2 ** 32) / candidate.weight;
      if (cost >= least) continue;
      best = candidate;
      least = cost;
    }
    return best;
  }
}

export default defineStrategy({
  name: 'rendezvous-hash',
  family: 'affinity',
  summary:
    'Highest random weight: the replica with the best lot drawn from the hash of key and name, whatever its load.',
  needs: ['prefix', 'names'],
  options: {
    ...keyOptions('session'),
    hash: z
      .enum(['fairlead', 'caddy'])
      .default('fairlead')
      .meta({ examples: ['caddy'] })
      .describe('Whose lots: our own, or those of Caddy 2.6, where names are host:port.'),
  },
  create: (options, context) => new RendezvousHash(options, context),
});
