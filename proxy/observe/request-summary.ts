import type { Outcome } from '../../core/request-record.ts';

/** What is known of a request when it has its outcome; times in microseconds of the proxy's clock. */
export interface RequestSummary {
  readonly requestId: string;
  readonly tenant: string;
  readonly tier: string | undefined;
  /** Of the conversation, if its client says so; 0 for none. */
  readonly session: number;
  readonly method: string;
  /** As the client wrote it, with its query. */
  readonly path: string;
  /** What the client called it; undefined if it did not say. */
  readonly model: string | undefined;
  readonly isStreamed: boolean;
  readonly outcome: Outcome;
  /** What the client got. */
  readonly status: number;
  /** Why it was turned away or failed, as in the body of the answer; undefined if it was not. */
  readonly errorCode: string | undefined;
  /** Name of the replica of the last attempt; undefined when none saw it. */
  readonly replica: string | undefined;
  /** How the last replica came to be chosen. */
  readonly reason: 'first' | 'queued' | 'retry' | 'hedge' | undefined;
  readonly attempts: number;
  readonly arrivalUs: number;
  readonly dispatchedUs: number;
  readonly firstTokenUs: number;
  readonly endUs: number;
  /** What the proxy itself took until the request was on its way, without waiting in the queue. */
  readonly overheadUs: number;
  /** Estimated until the replica's usage says; then that. */
  readonly promptTokens: number;
  readonly cachedTokens: number;
  readonly outputTokens: number;
  readonly finishReason: string | undefined;
  readonly bytesIn: number;
  readonly bytesOut: number;
}
