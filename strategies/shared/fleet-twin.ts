import type { AttemptEnd, ReplicaView, RequestView } from '../strategy.ts';

/**
 * A model of every replica that runs beside the real ones, fed with what a gateway knows: what it
 * has sent, first tokens, ends, scraped load. The harness makes it, for only it knows the engines.
 */
export interface FleetTwin {
  /** What would become of a request at a replica; only lent, until the next call. */
  forecast(question: Question, replica: ReplicaView, nowUs: number): Readonly<Forecast>;
  onDispatched(question: Question, replica: ReplicaView, nowUs: number): void;
  onFirstToken(request: RequestView, replica: ReplicaView, nowUs: number): void;
  onEnded(request: RequestView, replica: ReplicaView, end: AttemptEnd, nowUs: number): void;
  onReported(replica: ReplicaView, nowUs: number): void;
  /** A new engine: nothing that was learned of the last one holds. */
  onJoined(replica: ReplicaView): void;
}

export interface Question {
  readonly request: RequestView;
  /** Prompt tokens that the replica will probably find in its prefix cache. */
  readonly cachedTokens: number;
}

export interface Forecast {
  ttftUs: number;
  /** Mean gap between two tokens of the answer. */
  tpotUs: number;
  /** Expected length of the answer. */
  outputTokens: number;
  /** Its prompt alone, which whoever comes after it may have to wait for. */
  promptUs: number;
  /** By how much longer those who are there take, all together, each second worth its haste. */
  harmUs: number;
  /** It fails what it gets, and nobody should try again yet. */
  isBroken: boolean;
}
