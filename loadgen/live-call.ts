import type { ClientBehaviour } from '../scenarios/client-behaviour.ts';
import type { RequestSpec } from '../scenarios/request-stream.ts';
import type { Failure } from './answer/failure.ts';
import type { LiveAnswer } from './answer/live-answer.ts';
import type { HttpCall } from './http/http-client.ts';

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
