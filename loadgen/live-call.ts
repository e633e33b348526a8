import type { Outcome } from '../core/request-record.ts';
import type { ClientBehaviour } from '../scenarios/client-behaviour.ts';
import type { RequestSpec } from '../scenarios/request-stream.ts';
import { type Failure, isRefusal } from './answer/failure.ts';
import type { LiveAnswer } from './answer/live-answer.ts';
import { SlowReader } from './answer/slow-reader.ts';
import type { HttpCall, HttpClient } from './http/http-client.ts';
import type { TimeScale } from './pacing/time-scale.ts';

/** A client that waits, however long it takes. */
export const patientClient: Omit<ClientBehaviour, 'backoffUs'> = {
  timeoutUs: Number.POSITIVE_INFINITY,
  firstTokenTimeoutUs: Number.POSITIVE_INFINITY,
  retries: 0,
  readUsPerToken: 0,
};

/** A request of the stream, from its intended time until its client has the answer or gives up. */
export interface LiveCall {
  readonly spec: RequestSpec;
  readonly request: Buffer;
  /** When the schedule wanted it sent for the first time, by the clock. */
  readonly intendedUs: number;
  /** Of the last try. */
  answer: LiveAnswer;
  http: HttpCall | undefined;
  sentUs: number;
  tries: number;
  failure: Failure | undefined;
  /** `reading`: the answer is complete, but not yet for this client. */
  state: 'sent' | 'reading' | 'backingOff';
  /** Of the server or of the client, once the last try has ended. */
  endUs: number;
}

interface PostOptions {
  readonly http: Pick<HttpClient, 'send' | 'sendSlow'>;
  readonly scale: TimeScale;
}

/** Sends it, to be read at the pace of its client. */
export function post({ answer, request, spec }: LiveCall, options: PostOptions): HttpCall {
  const { http, scale } = options;
  const { readUsPerToken } = spec.client ?? patientClient;
  if (readUsPerToken === 0) return http.send(request, answer);
  const reader = new SlowReader(answer, readUsPerToken / scale.factor);
  const call = http.sendSlow(request, reader);
  reader.reads(call);
  return call;
}

/** When a slow reader has the last token of an answer that is complete. */
export function readUs({ answer, spec }: LiveCall, scale: TimeScale): number {
  const { readUsPerToken } = spec.client ?? patientClient;
  const readingUs = Math.round((answer.outputTokens - 1) * readUsPerToken);
  return answer.firstTokenUs + scale.clockUs(Math.max(0, readingUs));
}

/** A client repeats what may go better the next time; a request that is wrong never will. */
export function wantsAgain({ failure, spec, tries }: LiveCall, outcome: Outcome): boolean {
  if (tries > (spec.client?.retries ?? 0)) return false;
  if (failure !== undefined && isRefusal(failure)) return false;
  return outcome === 'failed' || outcome === 'timeout' || outcome === 'rejected';
}
