/** What an API process knows of a rank: the last report, and what it has sent there since. */
export interface RankLoad {
  readonly waiting: number;
  readonly running: number;
  /** Share of its KV blocks that are in use. */
  readonly kvUsage: number;
  /** Requests sent there by this API process that have not ended. */
  readonly ownInFlight: number;
}

/** vLLM sends a request to the rank of the lowest score (`vllm/v1/engine/core_client.py`). */
export type RankScore = (load: RankLoad, apiProcesses: number) => number;

export type RankScoreName = 'classic' | '2026';

export const rankScores: Readonly<Record<RankScoreName, RankScore>> = {
  classic: ({ running, waiting }) => 4 * waiting + running,

  /** What it sent itself it knows before any report; a full cache makes waiting worse. */
  2026: ({ kvUsage, ownInFlight, running, waiting }, apiProcesses) => {
    const score = Math.max(apiProcesses * ownInFlight, waiting + running);
    return waiting > 0 ? score + waiting * 6 * Math.max(0, kvUsage - 0.5) : score;
  },
};
