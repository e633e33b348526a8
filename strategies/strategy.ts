import { z } from 'zod';
import type { Random } from '../core/random.ts';
import type { RequestLimits } from '../core/slo.ts';
import type { FleetTwin } from './shared/fleet-twin.ts';

/** What a strategy may know of a request. The true output length is not here: nobody knows it. */
export interface RequestView {
  readonly id: number;
  readonly tenant: string;
  /** Name of the tenant's quota tier; absent where it has none. */
  readonly tier?: string | undefined;
  /** The conversation or job it is part of, 0 for none, and its round there from 1. */
  readonly session: number;
  readonly turn: number;
  readonly arrivalUs: number;
  readonly promptTokens: number;
  /** Lower goes first, as in vLLM. */
  readonly priority: number;
  /** Number of the LoRA adapter, 0 for none. */
  readonly adapter: number;
  /** What it must keep to count as good. */
  readonly limits: RequestLimits;
  /** Replicas it has been sent to before. */
  readonly attempts: number;
  /**
   * A hash for each whole block of the prompt, over all that comes before it as well: equal hashes
   * are equal beginnings. Empty unless the strategy needs `prefix`.
   */
  readonly prefixHashes: Float64Array;
}

/** What a strategy may know of a replica. */
export interface ReplicaView {
  /** Stable for the life of the fleet; candidates come in ascending order of it. */
  readonly index: number;
  readonly name: string;
  /** Equal replicas are of one group. */
  readonly group: string;
  /** Requests sent and not ended, counted from the moment of the pick. */
  readonly inFlight: number;
  /** Their prompt tokens. */
  readonly inFlightPromptTokens: number;
  /** Those of them without a first token, and their prompt tokens. */
  readonly awaiting: number;
  readonly awaitingPromptTokens: number;
  /** The share of the traffic it is meant to get, relative to the others; 1 unless told. */
  readonly weight: number;
  /** When it came into the pool. */
  readonly joinedUs: number;
  /** Most sequences it runs at once, and tokens its KV cache holds; NaN when nobody has said. */
  readonly maxNumSeqs: number;
  readonly kvTokens: number;
  /** What it last said of itself. */
  readonly reported: ReportedLoad;
}

/** From a replica's `/metrics`. What is absent is NaN, never zero: silence must not look idle. */
export interface ReportedLoad {
  /** When the replica looked at itself. */
  readonly sampledAtUs: number;
  readonly waiting: number;
  readonly running: number;
  /** Share of the KV blocks in use. */
  readonly kvUsage: number;
  /** What this gateway has sent there since, and what of its requests has ended since. */
  readonly sentSince: number;
  readonly sentPromptTokensSince: number;
  readonly endedSince: number;
}

/** How an attempt at a replica ended. */
export interface AttemptEnd {
  /**
   * `failed` before its first token, `broken` after it. `refused` is what its client got wrong, and
   * says nothing of the replica. `cancelled` is that the client went away, `outrun` that another
   * attempt of the same request was the first to begin.
   */
  readonly outcome:
    | ('ok' | 'failed' | 'broken' | 'timeout' | 'truncated')
    | ('refused' | 'cancelled' | 'outrun');
  readonly outputTokens: number;
  /** Prompt tokens found in a prefix cache, if the replica's usage says so; NaN if not. */
  readonly cachedTokens: number;
}

/** What a replica's prefix cache does, as it tells by KV events. */
export interface KvEvent {
  readonly kind: 'stored' | 'removed' | 'cleared';
  /** Of the same kind as the hashes of a prompt; only lent for the call. */
  readonly hashes: Float64Array;
}

/** A candidate, or `hold` until something ends, or `reject` at once. */
export type Pick = ReplicaView | 'hold' | 'reject';

/**
 * Chooses a replica for each request. It is synchronous and allocates nothing per pick, and it has
 * neither clock nor chance nor I/O of its own: the same object runs in the simulator and in the
 * proxy. Views are live objects that always show the present.
 */
export interface Strategy {
  /** `candidates` is never empty, and is only lent for the call. */
  pick(request: RequestView, candidates: readonly ReplicaView[], nowUs: number): Pick;
  onDispatched?(request: RequestView, replica: ReplicaView, nowUs: number): void;
  onFirstToken?(request: RequestView, replica: ReplicaView, nowUs: number): void;
  /** `end` is only lent for the call. */
  onEnded?(request: RequestView, replica: ReplicaView, end: AttemptEnd, nowUs: number): void;
  /** A replica comes into the pool with empty caches, or leaves it. */
  onJoined?(replica: ReplicaView, nowUs: number): void;
  onLeft?(replica: ReplicaView, nowUs: number): void;
  /** `replica.reported` is new; only for who needs `signals`. */
  onReported?(replica: ReplicaView, nowUs: number): void;
  /** Only for who needs `kv-events`. */
  onKvEvent?(replica: ReplicaView, event: KvEvent, nowUs: number): void;
}

/**
 * What a strategy cannot do without, beyond what every gateway knows: hashes of prompts, scraped
 * metrics, KV events, a twin of every replica, and names of replicas that stay and are the same at
 * every gateway, because they decide who gets what.
 */
export type Need = 'prefix' | 'signals' | 'kv-events' | 'twin' | 'names';

/** What the harness gives a strategy when it makes it. */
export interface StrategyContext {
  /** The only chance a strategy may use; it belongs to this strategy and this gateway. */
  readonly random: Random;
  /** Tokens that one of `prefixHashes` stands for. */
  readonly blockTokens: number;
  /** Only for who needs `twin`. */
  readonly twin?: FleetTwin | undefined;
}

/** What strategies go by, in the order in which the page of all of them has them. */
export const strategyFamilies = {
  classic: 'By turn or by chance, whatever the requests weigh.',
  load: 'By what this gateway has sent and what has not ended.',
  scraped: 'By what replicas say of themselves in `/metrics`.',
  latency: 'By how soon answers began or ended of late.',
  affinity: 'By a key: equals go to the same replica.',
  prefix: 'By what a prefix cache probably holds of the prompt.',
  cost: 'By seconds: what a request will take, and what others lose.',
  other: 'By something else.',
} as const;

export type StrategyFamily = keyof typeof strategyFamilies;

export interface StrategyDefinition {
  readonly name: string;
  readonly family: StrategyFamily;
  readonly summary: string;
  readonly needs: readonly Need[];
  /** Strict, with a literal `name` and every option with its default. */
  readonly schema: z.ZodObject;
  create(options: Readonly<Record<string, unknown>>, context: StrategyContext): Strategy;
}

export function defineStrategy<Shape extends z.ZodRawShape>(definition: {
  name: string;
  family?: StrategyFamily;
  summary: string;
  needs?: readonly Need[];
  options: Shape;
  create(options: z.output<z.ZodObject<Shape>>, context: StrategyContext): Strategy;
}): StrategyDefinition {
  const { family = 'other', name, needs = [], summary } = definition;
  const schema = z.strictObject({ name: z.literal(name), ...definition.options }).describe(summary);
  return {
    name,
    family,
    summary,
    needs,
    schema: schema as unknown as z.ZodObject,
    create: (options, context) => {
      const parsed = schema.parse({ name, ...options }) as unknown;
      return definition.create(parsed as z.output<z.ZodObject<Shape>>, context);
    },
  };
}
