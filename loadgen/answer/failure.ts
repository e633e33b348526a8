import type { Outcome } from '../../core/request-record.ts';

/** How an answer can fail to be one. */
export type Failure =
  | { readonly kind: 'connect'; readonly message: string }
  /** The connection ended before the answer did. */
  | { readonly kind: 'closed'; readonly message: string }
  /** What came is not HTTP/1.1, or not the way two readers would agree on. */
  | { readonly kind: 'protocol'; readonly message: string }
  | { readonly kind: 'status'; readonly status: number; readonly message: string }
  /** An error in the place of the next token. */
  | { readonly kind: 'stream-error'; readonly message: string }
  /** An event of the stream that is no JSON of this API. */
  | { readonly kind: 'malformed'; readonly message: string }
  /** The answer ended as HTTP has it, but nothing said that it was complete. */
  | { readonly kind: 'incomplete'; readonly message: string };

/** Short enough to count by. */
export function failureName(failure: Failure): string {
  return failure.kind === 'status' ? `status ${failure.status}` : failure.kind;
}

/** Turned away before anything was done for it, or begun and not finished. */
export function outcomeOf(failure: Failure): Outcome {
  const turnedAway = failure.kind === 'status' && [429, 503].includes(failure.status);
  return turnedAway ? 'rejected' : 'failed';
}

/** The request itself is wrong, such as too long, and will be so the next time. */
export function isRefusal(failure: Failure): boolean {
  if (failure.kind !== 'status') return false;
  const { status } = failure;
  return status >= 400 && status < 500 && ![408, 409, 425, 429].includes(status);
}
