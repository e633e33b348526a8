import type { ReplicaView } from '../strategy.ts';

/**
 * Scraped loads of the candidates, each written to the place of the candidate. Whoever has reported
 * nothing is known by what this gateway has there itself: absent is not idle.
 */

/** With the requests sent since then, if these are to be counted as waiting. */
export function waitingInto(
  loads: Float64Array,
  candidates: readonly ReplicaView[],
  countSent: boolean,
): void {
  for (let i = 0; i < candidates.length; i++) {
    const { awaiting, reported } = candidates[i]!;
    const sent = countSent ? Math.max(0, reported.sentSince - reported.endedSince) : 0;
    loads[i] = Number.isNaN(reported.waiting) ? awaiting : reported.waiting + sent;
  }
}

export function runningInto(loads: Float64Array, candidates: readonly ReplicaView[]): void {
  for (let i = 0; i < candidates.length; i++) {
    const { inFlight, reported } = candidates[i]!;
    loads[i] = Number.isNaN(reported.running) ? inFlight : reported.running;
  }
}

/** Shares from 0 to 1; 0 for everybody about whom nothing at all is known. */
export function kvUsageInto(loads: Float64Array, candidates: readonly ReplicaView[]): void {
  for (let i = 0; i < candidates.length; i++) {
    const { inFlightPromptTokens, kvTokens, reported } = candidates[i]!;
    if (!Number.isNaN(reported.kvUsage)) loads[i] = Math.min(1, reported.kvUsage);
    else loads[i] = kvTokens > 0 ? Math.min(1, inFlightPromptTokens / kvTokens) : 0;
  }
}
