import { z } from 'zod';
import type { Random } from '../core/random.ts';
import { candidateAt } from './shared/candidate.ts';
import { Costs } from './shared/costs.ts';
import { Draws } from './shared/draws.ts';
import { SessionTable } from './shared/session-table.ts';
import { defineStrategy, type ReplicaView, type RequestView, type Strategy } from './strategy.ts';

interface Options {
  readonly ttlSeconds: number;
  readonly sessions: number;
}

class SessionAffinity implements Strategy {
  readonly #table: SessionTable;
  readonly #draws: Draws;
  readonly #costs = new Costs();

  constructor({ sessions, ttlSeconds }: Options, random: Random) {
    this.#table = new SessionTable({ capacity: sessions, ttlUs: ttlSeconds * 1_000_000 });
    this.#draws = new Draws(random);
  }

  pick({ session }: RequestView, candidates: readonly ReplicaView[], nowUs: number): ReplicaView {
    // Requests without a session have nothing in common, so they are bound to nothing.
    if (session === 0) return this.#costs.leastBy(candidates, this.#draws, inFlight);
    const bound = candidateAt(candidates, this.#table.replicaOf(session, nowUs));
    const replica = bound ?? this.#costs.leastBy(candidates, this.#draws, inFlight);
    this.#table.bind(session, replica.index, nowUs);
    return replica;
  }
}

const inFlight = (replica: ReplicaView) => replica.inFlight;

export default defineStrategy({
  name: 'session-affinity',
  family: 'affinity',
  summary:
    'The replica that served the session last, while it is there; new sessions and requests without one go to the fewest requests in flight.',
  options: {
    ttlSeconds: z
      .number()
      .min(0)
      .max(31_536_000)
      .default(600)
      .meta({ examples: [600] })
      .describe('A session that was silent for longer than this is forgotten.'),
    sessions: z
      .number()
      .int()
      .min(1)
      .max(10_000_000)
      .default(10_000)
      .meta({ examples: [10_000] })
      .describe('Sessions to remember; beyond them the one silent for longest is forgotten.'),
  },
  create: (options, { random }) => new SessionAffinity(options, random),
});
