import { z } from 'zod';
import type { Random } from '../core/random.ts';

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
}

/** What a strategy may know of a replica: what this gateway itself has sent there. */
export interface ReplicaView {
  /** Stable for the life of the fleet; candidates come in ascending order of it. */
  readonly index: number;
  readonly name: string;
  /** Requests sent and not ended, counted from the moment of the pick. */
  readonly inFlight: number;
  /** Their prompt tokens. */
  readonly inFlightPromptTokens: number;
  /** The share of the traffic it is meant to get, relative to the others; 1 unless told. */
  readonly weight: number;
}

/** A candidate, or `hold` until something ends, or `reject` at once. */
export type Pick = ReplicaView | 'hold' | 'reject';

/**
 * Chooses a replica for each request. It is synchronous and allocates nothing per pick, and it has
 * neither clock nor chance nor I/O of its own: the same object runs in the simulator and in the
 * proxy.
 */
export interface Strategy {
  /** `candidates` is never empty, and is only lent for the call. */
  pick(request: RequestView, candidates: readonly ReplicaView[], nowUs: number): Pick;
  onDispatched?(request: RequestView, replica: ReplicaView, nowUs: number): void;
  onFirstToken?(request: RequestView, replica: ReplicaView, nowUs: number): void;
  onEnded?(request: RequestView, replica: ReplicaView, nowUs: number): void;
}

/** What the harness gives a strategy when it makes it. */
export interface StrategyContext {
  /** The only chance a strategy may use; it belongs to this strategy and this gateway. */
  readonly random: Random;
}

export interface StrategyDefinition {
  readonly name: string;
  readonly summary: string;
  /** Strict, with a literal `name` and every option with its default. */
  readonly schema: z.ZodObject;
  create(options: Readonly<Record<string, unknown>>, context: StrategyContext): Strategy;
}

export function defineStrategy<Shape extends z.ZodRawShape>(definition: {
  name: string;
  summary: string;
  options: Shape;
  create(options: z.output<z.ZodObject<Shape>>, context: StrategyContext): Strategy;
}): StrategyDefinition {
  const { name, summary } = definition;
  const schema = z.strictObject({ name: z.literal(name), ...definition.options }).describe(summary);
  return {
    name,
    summary,
    schema: schema as unknown as z.ZodObject,
    create: (options, context) => {
      const parsed = schema.parse({ name, ...options }) as unknown;
      return definition.create(parsed as z.output<z.ZodObject<Shape>>, context);
    },
  };
}
