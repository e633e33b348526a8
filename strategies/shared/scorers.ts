import type { ReplicaView } from '../strategy.ts';
import { kvUsageInto, runningInto, waitingInto } from './gauges.ts';
import type { PrefixMatches } from './prefix-source.ts';

/** What the scorers look at. */
export interface Scored {
  readonly candidates: readonly ReplicaView[];
  readonly matches: PrefixMatches;
  /** Whole blocks of the prompt. */
  readonly promptBlocks: number;
  readonly countSent: boolean;
}

/** Writes a score from 0 to 1 for each candidate to its place. */
export type Scorer = (scored: Scored, scores: Float64Array) => void;

/** Requests and tokens from which on llm-d sees no difference. */
const waitingThreshold = 128;
const tokenThreshold = 4_194_304;
/** What llm-d takes an answer to be, in prompts. */
const outputRatio = 1.5;

/** The scorers of the router of llm-d that need nothing but gauges and a prefix index. */
export const scorers = {
  queue({ candidates, countSent }, scores) {
    waitingInto(scores, candidates, countSent);
    fromMostToLeast(scores, candidates.length);
  },
  kv({ candidates }, scores) {
    kvUsageInto(scores, candidates);
    for (let i = 0; i < candidates.length; i++) scores[i] = 1 - scores[i]!;
  },
  prefix({ candidates, matches, promptBlocks }, scores) {
    const perBlock = promptBlocks > 0 ? 1 / promptBlocks : 0;
    for (let i = 0; i < candidates.length; i++) {
      // Events may tell of more blocks than are compared.
      scores[i] = Math.min(1, perBlock * matches.blocks[i]!);
    }
  },
  running({ candidates }, scores) {
    runningInto(scores, candidates);
    fromMostToLeast(scores, candidates.length);
  },
  /** Idle first: 1 without requests, else by how far below the busiest. */
  active({ candidates }, scores) {
    let most = 0;
    for (let i = 0; i < candidates.length; i++) most = Math.max(most, candidates[i]!.inFlight);
    for (let i = 0; i < candidates.length; i++) {
      const { inFlight } = candidates[i]!;
      scores[i] = inFlight === 0 ? 1 : (most - inFlight) / most;
    }
  },
  tokens({ candidates }, scores) {
    for (let i = 0; i < candidates.length; i++) {
      const tokens = (1 + outputRatio) * candidates[i]!.inFlightPromptTokens;
      scores[i] = 1 - Math.min(tokens, tokenThreshold) / tokenThreshold;
    }
  },
  loadAware({ candidates, countSent }, scores) {
    waitingInto(scores, candidates, countSent);
    for (let i = 0; i < candidates.length; i++) {
      scores[i] = 0.5 * (1 - Math.min(scores[i]!, waitingThreshold) / waitingThreshold);
    }
  },
} satisfies Record<string, Scorer>;

/** 0 for who has most and 1 for who has least; 1 for all when there is no difference. */
function fromMostToLeast(scores: Float64Array, count: number): void {
  let most = Number.NEGATIVE_INFINITY;
  let least = Number.POSITIVE_INFINITY;
  for (let i = 0; i < count; i++) {
    most = Math.max(most, scores[i]!);
    least = Math.min(least, scores[i]!);
  }
  for (let i = 0; i < count; i++) {
    scores[i] = most === least ? 1 : (most - scores[i]!) / (most - least);
  }
}
