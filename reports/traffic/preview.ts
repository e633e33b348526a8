import type { LoadFigures } from '../load-text.ts';

/** What the traffic of a scenario looks like before any fleet has answered it; plain JSON. */
export interface TrafficPreview {
  readonly seed: number;
  readonly warmupUs: number;
  /** End of the run. */
  readonly untilUs: number;
  /** Where the preview ends; earlier than the run if it asks for more than a preview draws. */
  readonly shownUntilUs: number;
  readonly mostRequests: number;
  /** How long answers are taken to need; null where no request waits for another. */
  readonly answerTime: NominalAnswerTime | null;
  readonly binUs: number;
  readonly all: TrafficFacts;
  /** Those with the most requests, if there are several. */
  readonly tenants: readonly TrafficFacts[];
  readonly tenantCount: number;
  readonly entries: readonly EntryFacts[];
}

/** The time of an idle replica of a group. */
export interface NominalAnswerTime {
  readonly group: string;
  readonly baseUs: number;
  readonly perPromptTokenUs: number;
  readonly perAnswerTokenUs: number;
}

/** How an entry of the scenario makes its requests come. */
export interface EntryFacts {
  readonly tenant: string;
  readonly arrivals: string;
  readonly load: LoadFigures | null;
}

export interface TrafficFacts {
  readonly name: string;
  readonly requests: number;
  /** Requests per second in each bin, and over all of them. */
  readonly rps: readonly number[];
  readonly minRps: number;
  readonly meanRps: number;
  readonly maxRps: number;
  readonly prompt: LengthFacts;
  readonly answer: LengthFacts;
  /** Of all prompt tokens, those that a cache without an end would find. */
  readonly reusedShare: number;
  /** Of requests that belong together; null where each stands alone. */
  readonly sessions: SessionFacts | null;
}

export interface LengthFacts {
  readonly mean: number;
  readonly p50: number;
  readonly p90: number;
  readonly p99: number;
  readonly max: number;
  readonly histogram: readonly HistogramBin[];
}

/** From `from` tokens up to but without `until`. */
export interface HistogramBin {
  readonly from: number;
  readonly until: number;
  readonly share: number;
}

export interface SessionFacts {
  readonly count: number;
  readonly requestsMean: number;
  readonly requestsMax: number;
  /** Of the requests, those that come after an answer of their session. */
  readonly followUpShare: number;
}
