import type { ReplicaView } from '../strategies/strategy.ts';
import type { Attempt } from './attempt.ts';

/**
 * The port under the gateway: whatever serves requests. It answers through the gateway's
 * `onFirstToken`, `onEnd` and `onError`; the tokens in between pass it by, because no decision
 * depends on them and there are hundreds for each request. `start` and `abort` return before any
 * answer comes, and after `abort` none does.
 */
export interface Backend<Work> {
  start(attempt: Attempt<Work>, nowUs: number): void;
  abort(attempt: Attempt<Work>, nowUs: number): void;
  /** The same work from its beginning, for another attempt; only with retries or hedging. */
  again?(work: Work): Work;
  /** Whether there is a connection, when the time for it is up. */
  isConnected?(attempt: Attempt<Work>): boolean;
  /** When the last token came, or anything; only with an idle timeout. */
  lastHeardUs?(attempt: Attempt<Work>, nowUs: number): number;
  /** Asks for the health of a replica; no answer is an answer, too, after a while. */
  probe?(replica: ReplicaView, listener: ProbeListener, nowUs: number): void;
}

export interface ProbeListener {
  onProbe(replica: number, isHealthy: boolean, nowUs: number): void;
}
