import type { Rejection } from '../gateway/gateway-request.ts';
import { errorBody, type ProxyError } from './client/error-body.ts';
import type { Exchange } from './exchange.ts';

/** Gives the client what there is when its request has its outcome, unless it has everything. */
export function settle(exchange: Exchange): void {
  const { answer, lastError, request } = exchange;
  if (answer.isOver) return;
  if (!answer.hasBegun && lastError !== undefined && request?.outcome === 'failed') {
    // What the replica says of it is better than what we could say.
    answer.reply(
      lastError.head.status,
      lastError.head.headers,
      exchange.ownHeaders(),
      lastError.body,
    );
    return;
  }
  const error = errorOf(exchange);
  exchange.errorCode = error.code;
  if (!answer.hasBegun) refuse(exchange, error);
  else {
    const lastBytes = exchange.cutTail?.lastBytes ?? noBytes;
    answer.breakOff(error, { isCut: exchange.isCut, lastBytes });
  }
}

/** An error in the place of an answer. */
export function refuse(exchange: Exchange, error: ProxyError): void {
  exchange.errorCode = error.code;
  const { retryAfterS, status } = error;
  const body = Buffer.from(errorBody(error));
  const headers = ['content-type', 'application/json', 'content-length', String(body.length)];
  if (retryAfterS !== undefined) headers.push('retry-after', String(retryAfterS));
  exchange.answer.reply(status, headers, exchange.ownHeaders(), body);
}

function errorOf({ answer, lastFailure, request }: Exchange): ProxyError {
  const { outcome, rejection } = request!;
  if (outcome === 'truncated') return errors.shuttingDown;
  if (rejection !== undefined && outcome === 'rejected') return rejectionError(rejection);
  if (lastFailure === undefined) return answer.hasBegun ? errors.stalled : errors.timeout;
  if (answer.hasBegun) return errors.broken;
  return { ...errors.unreachable, message: `${errors.unreachable.message} (${lastFailure.kind})` };
}

const noBytes = Buffer.alloc(0);
const server = 'server_error';

const errors = {
  shuttingDown: {
    status: 503,
    code: 'shutting_down',
    type: server,
    message: 'The proxy is shutting down. Try again.',
  },
  timeout: {
    status: 504,
    code: 'replica_timeout',
    type: server,
    message: 'No replica began to answer in time.',
  },
  stalled: {
    status: 504,
    code: 'stream_stalled',
    type: server,
    message: 'The replica stopped in the middle of its answer.',
  },
  broken: {
    status: 502,
    code: 'stream_broken',
    type: server,
    message: 'The connection to the replica broke in the middle of its answer.',
  },
  unreachable: {
    status: 502,
    code: 'replica_failed',
    type: server,
    message: 'No replica gave an answer.',
  },
} as const satisfies Record<string, ProxyError>;

function rejectionError({ reason, retryAfterUs }: Rejection): ProxyError {
  if (reason === 'token-rate' && retryAfterUs === Number.POSITIVE_INFINITY) return overTokenLimit;
  const retryAfterS = Number.isFinite(retryAfterUs)
    ? Math.max(1, Math.ceil(retryAfterUs / 1e6))
    : undefined;
  return { ...rejections[reason], retryAfterS };
}

/** Not 429, which clients take as a reason to try again. */
const overTokenLimit: ProxyError = {
  status: 400,
  type: 'invalid_request_error',
  code: 'over_token_limit',
  message: 'The prompt and its answer could take more tokens than you ever have at once.',
};

const limited = { status: 429, type: 'rate_limit_error' } as const;
const unserved = { status: 503, type: server } as const;

const rejections: Readonly<Record<Rejection['reason'], ProxyError>> = {
  concurrency: {
    ...limited,
    code: 'concurrency_limit',
    message: 'Too many of your requests are running. Wait for one to end.',
  },
  'request-rate': {
    ...limited,
    code: 'request_rate_limit',
    message: 'You have sent too many requests. Retry-After says when to go on.',
  },
  'token-rate': {
    ...limited,
    code: 'token_rate_limit',
    message: 'You have used too many tokens. Retry-After says when to go on.',
  },
  'prompt-too-long': {
    status: 400,
    type: 'invalid_request_error',
    code: 'prompt_too_long',
    message: 'The prompt is longer than you may send.',
  },
  'queue-full': {
    ...limited,
    code: 'queue_full',
    message: 'Too many requests are waiting for a replica. Try again later.',
  },
  'waited-too-long': {
    ...unserved,
    code: 'waited_too_long',
    message: 'No replica had room in time. Try again later.',
  },
  'no-replica': {
    ...unserved,
    code: 'no_replica',
    message: 'No replica can take requests now. Try again later.',
  },
  strategy: {
    ...unserved,
    code: 'no_room',
    message: 'No replica has room for this request. Try again later.',
  },
};
