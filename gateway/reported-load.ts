import type { ReportedLoad } from '../strategies/strategy.ts';

/** What a scrape of `/metrics` found; NaN for what was not there. */
export type LoadSample = Pick<ReportedLoad, 'kvUsage' | 'running' | 'sampledAtUs' | 'waiting'>;

/** The last report of a replica, and what this gateway has done there since it was asked for. */
export class LastReport implements ReportedLoad {
  sampledAtUs = Number.NaN;
  waiting = Number.NaN;
  running = Number.NaN;
  kvUsage = Number.NaN;
  sentSince = 0;
  sentPromptTokensSince = 0;
  endedSince = 0;
  /** Of these, what had happened when the report on its way was asked for. */
  #sentBefore = 0;
  #sentPromptTokensBefore = 0;
  #endedBefore = 0;

  /** Another machine has taken its place, which has not said anything. */
  forget(): void {
    this.ask();
    this.answer(nothing);
  }

  /** A replica that is asked now answers with what it has now, or a little later. */
  ask(): void {
    this.#sentBefore = this.sentSince;
    this.#sentPromptTokensBefore = this.sentPromptTokensSince;
    this.#endedBefore = this.endedSince;
  }

  answer({ kvUsage, running, sampledAtUs, waiting }: LoadSample): void {
    this.sampledAtUs = sampledAtUs;
    this.waiting = waiting;
    this.running = running;
    this.kvUsage = kvUsage;
    this.sentSince -= this.#sentBefore;
    this.sentPromptTokensSince -= this.#sentPromptTokensBefore;
    this.endedSince -= this.#endedBefore;
    this.ask();
  }
}

const nothing: LoadSample = {
  sampledAtUs: Number.NaN,
  waiting: Number.NaN,
  running: Number.NaN,
  kvUsage: Number.NaN,
};
