import type { Sequence } from './sequence.ts';

/** Upper bounds of the buckets of vLLM's `iteration_tokens_total`; one more takes the rest. */
export const iterationTokenBounds = [1, ...Array.from({ length: 12 }, (_, i) => 8 * 2 ** i)];

/** What an engine has counted since its start, as vLLM's `/metrics` has it. */
export interface EngineCounters {
  /** Tokens looked up in the prefix cache, and those found. */
  readonly prefixQueries: number;
  readonly prefixHits: number;
  /** Of the requests that got a first token. */
  readonly promptTokens: number;
  readonly generationTokens: number;
  readonly preemptions: number;
  /** Requests by how they ended; an error is a prompt that was refused. */
  readonly finished: Readonly<Record<FinishReason, number>>;
  /** Steps that gave somebody a token, by the tokens of prompts they completed and of answers. */
  readonly iterationTokens: { readonly buckets: readonly number[]; readonly sum: number };
}

export type FinishReason = 'stop' | 'length' | 'abort' | 'error';

export function emptyCounters() {
  return {
    prefixQueries: 0,
    prefixHits: 0,
    promptTokens: 0,
    generationTokens: 0,
    preemptions: 0,
    finished: { stop: 0, length: 0, abort: 0, error: 0 },
    iterationTokens: {
      buckets: new Array<number>(iterationTokenBounds.length + 1).fill(0),
      sum: 0,
    },
  };
}

/** The counters of an engine while it runs. */
export type CountersInProgress = ReturnType<typeof emptyCounters>;

/** A stop token ends an answer though its context is full as well. */
export function countEnd(counters: CountersInProgress, sequence: Sequence): void {
  const { finalTokens, finish, outputTokens } = sequence;
  const reason = finish === 'stop' && finalTokens === outputTokens ? 'stop' : 'length';
  counters.finished[reason] += 1;
}

/** Steps that each brought so many tokens. */
export function countSteps(counters: CountersInProgress, tokens: number, steps: number): void {
  if (tokens === 0) return;
  const { iterationTokens } = counters;
  iterationTokens.buckets[bucketOf(tokens)]! += steps;
  iterationTokens.sum += tokens * steps;
}

export function sumCounters(all: readonly EngineCounters[]): EngineCounters {
  const sum = emptyCounters();
  for (const counters of all) {
    sum.prefixQueries += counters.prefixQueries;
    sum.prefixHits += counters.prefixHits;
    sum.promptTokens += counters.promptTokens;
    sum.generationTokens += counters.generationTokens;
    sum.preemptions += counters.preemptions;
    for (const reason of ['stop', 'length', 'abort', 'error'] as const) {
      sum.finished[reason] += counters.finished[reason];
    }
    sum.iterationTokens.sum += counters.iterationTokens.sum;
    for (const [bucket, steps] of counters.iterationTokens.buckets.entries()) {
      sum.iterationTokens.buckets[bucket]! += steps;
    }
  }
  return sum;
}

/** The bounds are 1 and the powers of two from 8 to 16,384. */
function bucketOf(tokens: number): number {
  if (tokens <= 1) return 0;
  return Math.min(iterationTokenBounds.length, Math.max(1, 30 - Math.clz32(tokens - 1)));
}
