import type { Rejection } from '../gateway/gateway-request.ts';
import { errorBody, type ProxyError } from './client/error-body.ts';
import { type ProxyErrorCode, proxyError, proxyErrors } from './client/proxy-errors.ts';
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
  exchange.answer.refuse(status, headers, exchange.ownHeaders(), body);
}

function errorOf({ answer, lastFailure, request }: Exchange): ProxyError {
  const { outcome, rejection } = request!;
  if (outcome === 'truncated') return proxyError('shutting_down');
  if (rejection !== undefined && outcome === 'rejected') return rejectionError(rejection);
  if (lastFailure === undefined) {
    return proxyError(answer.hasBegun ? 'stream_stalled' : 'replica_timeout');
  }
  if (answer.hasBegun) return proxyError('stream_broken');
  const { message } = proxyErrors.replica_failed;
  return proxyError('replica_failed', `${message} (${lastFailure.kind})`);
}

const noBytes = Buffer.alloc(0);

function rejectionError({ reason, retryAfterUs }: Rejection): ProxyError {
  if (reason === 'token-rate' && retryAfterUs === Number.POSITIVE_INFINITY) {
    return proxyError('over_token_limit');
  }
  const error = proxyError(rejections[reason]);
  if (!Number.isFinite(retryAfterUs)) return error;
  return { ...error, retryAfterS: Math.max(1, Math.ceil(retryAfterUs / 1e6)) };
}

const rejections: Readonly<Record<Rejection['reason'], ProxyErrorCode>> = {
  concurrency: 'concurrency_limit',
  'request-rate': 'request_rate_limit',
  'token-rate': 'token_rate_limit',
  'prompt-too-long': 'prompt_too_long',
  'queue-full': 'queue_full',
  'waited-too-long': 'waited_too_long',
  'no-replica': 'no_replica',
  strategy: 'no_room',
};
