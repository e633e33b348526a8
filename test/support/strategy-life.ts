import type { AttemptEnd, ReplicaView, RequestView, Strategy } from '../../strategies/strategy.ts';
import { requestView } from './views.ts';

export interface Served {
  readonly sentUs: number;
  /** Until the first token; none came if it is not there. */
  readonly ttftUs?: number;
  /** Until all is over; nothing is told of it if it is not there. */
  readonly totalUs?: number;
  readonly outcome?: AttemptEnd['outcome'];
  readonly outputTokens?: number;
  readonly request?: Partial<RequestView>;
}

let lastId = 1_000_000;

/** Tells a strategy of a request that a replica served. */
export function tellServed(strategy: Strategy, replica: ReplicaView, served: Served): void {
  const { outcome = 'ok', outputTokens = 1, sentUs, totalUs, ttftUs } = served;
  const { promptTokens = 100, ...given } = served.request ?? {};
  const request = requestView(++lastId, promptTokens, given);
  const during = { ...replica, inFlight: 1, awaiting: 1, awaitingPromptTokens: promptTokens };
  strategy.onDispatched?.(request, during, sentUs);
  const begun = { ...during, awaiting: 0, awaitingPromptTokens: 0 };
  if (ttftUs !== undefined) strategy.onFirstToken?.(request, begun, sentUs + ttftUs);
  if (totalUs === undefined) return;
  const end = { outcome, outputTokens, cachedTokens: Number.NaN };
  strategy.onEnded?.(request, { ...begun, inFlight: 0 }, end, sentUs + totalUs);
}
