import type { ProxyError } from './error-body.ts';

/**
 * Every answer that is not a replica's own. Programs of clients rely on the codes, so none ever
 * changes its meaning; `docs/errors.md` is generated from this table.
 */
export const proxyErrors = {
  malformed_request: invalid(400, 'The request is not HTTP.'),
  malformed_path: invalid(400, 'The path of the request is not one that can be passed on.'),
  damaged_body: invalid(400, 'The body of the request cannot be unpacked.'),
  prompt_too_long: invalid(400, 'The prompt is longer than you may send.'),
  // Not 429, which clients take as a reason to try again.
  over_token_limit: invalid(
    400,
    'The prompt and its answer could take more tokens than you ever have at once.',
  ),
  invalid_api_key: invalid(401, 'Send a valid key as "Authorization: Bearer …".'),
  unknown_path: invalid(
    404,
    'There is nothing at this path. Clients have /v1/…, /tokenize and /health.',
  ),
  request_timeout: invalid(408, 'The request did not come in time.'),
  body_too_large: invalid(413, 'The body of the request is longer than it may be.'),
  unsupported_encoding: invalid(415, 'The body of the request is packed in an unknown way.'),
  unknown_expectation: invalid(417, 'Only "Expect: 100-continue" is understood.'),
  concurrency_limit: limited('Too many of your requests are running. Wait for one to end.'),
  request_rate_limit: limited('You have sent too many requests. Retry-After says when to go on.'),
  token_rate_limit: limited('You have used too many tokens. Retry-After says when to go on.'),
  queue_full: limited('Too many requests are waiting for a replica. Try again later.'),
  headers_too_large: invalid(431, 'The headers of the request are too long.'),
  not_implemented: invalid(501, 'This is no forward proxy, and there is nothing to upgrade to.'),
  replica_failed: unserved(502, 'No replica gave an answer.'),
  stream_broken: unserved(502, 'The connection to the replica broke in the middle of its answer.'),
  no_replica: unserved(503, 'No replica can take requests now. Try again later.'),
  no_room: unserved(503, 'No replica has room for this request. Try again later.'),
  waited_too_long: unserved(503, 'No replica had room in time. Try again later.'),
  too_many_requests_open: {
    ...unserved(503, 'Too many requests are open. Try again.'),
    retryAfterS: 1,
  },
  shutting_down: { ...unserved(503, 'The proxy is shutting down. Try again.'), retryAfterS: 1 },
  replica_timeout: unserved(504, 'No replica began to answer in time.'),
  stream_stalled: unserved(504, 'The replica stopped in the middle of its answer.'),
} as const satisfies Record<string, WithoutCode>;

export type ProxyErrorCode = keyof typeof proxyErrors;

/** The error of this code, with a message of its own where one says more. */
export function proxyError(code: ProxyErrorCode, message?: string): ProxyError {
  const error: WithoutCode = proxyErrors[code];
  return { code, ...error, message: message ?? error.message };
}

type WithoutCode = Omit<ProxyError, 'code'>;

function invalid(status: number, message: string): WithoutCode {
  return { status, type: 'invalid_request_error', message };
}

function limited(message: string): WithoutCode {
  return { status: 429, type: 'rate_limit_error', message };
}

function unserved(status: number, message: string): WithoutCode {
  return { status, type: 'server_error', message };
}
