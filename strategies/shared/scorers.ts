import type { ReplicaView } from '../strategy.ts';
import type { PrefixMatches } from './prefix-source.ts';
import type { Reports } from './reported.ts';

/** What the scorers look at. */
export interface Scored {
  readonly candidates: readonly ReplicaView[];
  readonly matches: PrefixMatches;
  /** Whole blocks of the prompt. */
  readonly promptBlocks: number;
  /** Reads what replicas say of themselves. */
  readonly reports: Reports;
  readonly nowUs: number;
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
  queue(scored, scores) {
    waitingInto(scored, scores);
    fromMostToLeast(scores, scored.candidates.length);
  },
  kv({ candidates, nowUs, reports }, scores) {
    for (let i = 0; i < candidates.length; i++) {
      reports.writeKvUsage(scores, i, candidates[i]!, nowUs);
      scores[i] = 1 - Math.min(1, scores[i]!);
    }
  },
  prefix({ candidates, matches, promptBlocks }, scores) {
    const perBlock = promptBlocks > 0 ? 1 / promptBlocks : 0;
    for (let i = 0; i < candidates.length; i++) {
      scores[i] = perBlock * matches.blocks[i]!;
    }
  },
  running({ candidates, nowUs, reports }, scores) {
    for (let i = 0; i < candidates.length; i++) {
      reports.writeRunning(scores, i, candidates[i]!, nowUs);
    }
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
  loadAware(scored, scores) {
    waitingInto(scored, scores);
    for (let i = 0; i < scored.candidates.length; i++) {
      scores[i] = 0.5 * (1 - Math.min(scores[i]!, waitingThreshold) / waitingThreshold);
    }
  },
} satisfies Record<string, Scorer>;

function waitingInto({ candidates, nowUs, reports }: Scored, scores: Float64Array): void {
  for (let i = 0; i < candidates.length; i++) {
    reports.writeWaiting(scores, i, candidates[i]!, nowUs);
  }
}

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
