import { type RankLoad, type RankScore, type RankScoreName, rankScores } from './rank-scores.ts';

export interface RankBalancerOptions {
  readonly ranks: number;
  readonly score: RankScoreName;
  /** Number of the API process it belongs to, and how many there are. */
  readonly apiProcess: number;
  readonly apiProcesses: number;
}

/** What a rank has reported. */
export type RankReport = Omit<RankLoad, 'ownInFlight'>;

/** How one API process of vLLM chooses among the ranks: the others' choices it hears of later. */
export class RankBalancer {
  readonly #score: RankScore;
  readonly #apiProcesses: number;
  readonly #moves: boolean;
  readonly #loads: { waiting: number; running: number; kvUsage: number; ownInFlight: number }[];
  #start: number;

  constructor({ apiProcess, apiProcesses, ranks, score }: RankBalancerOptions) {
    this.#score = rankScores[score];
    this.#apiProcesses = apiProcesses;
    this.#moves = score === '2026';
    this.#loads = Array.from({ length: ranks }, () => {
      return { waiting: 0, running: 0, kvUsage: 0, ownInFlight: 0 };
    });
    this.#start = Math.floor((ranks * apiProcess) / apiProcesses);
  }

  /** The rank of the lowest score; among equals the first from where this process starts. */
  pick(): number {
    const { length } = this.#loads;
    let best = -1;
    let lowest = Number.POSITIVE_INFINITY;
    for (let i = 0; i < length; i++) {
      const rank = (this.#start + i) % length;
      const score = this.#score(this.#loads[rank]!, this.#apiProcesses);
      if (score < lowest) {
        lowest = score;
        best = rank;
      }
    }
    // Until the next report it takes the others to send there as much as it does itself.
    this.#loads[best]!.waiting += this.#apiProcesses;
    this.#loads[best]!.ownInFlight += 1;
    if (this.#moves) this.#start = (this.#start + 1) % length;
    return best;
  }

  onEnded(rank: number): void {
    this.#loads[rank]!.ownInFlight -= 1;
  }

  onReports(reports: readonly RankReport[]): void {
    for (const [rank, { kvUsage, running, waiting }] of reports.entries()) {
      const load = this.#loads[rank]!;
      load.waiting = waiting;
      load.running = running;
      load.kvUsage = kvUsage;
    }
  }
}
