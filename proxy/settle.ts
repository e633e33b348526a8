import { errorBody, errorEvent, type ProxyError } from './client/error-body.ts';
import type { Exchange } from './exchange.ts';

/** Gives the client what there is when its request has its outcome, unless it has everything. */
export function settle(exchange: Exchange): void {
  const { answer, lastError } = exchange;
  if (answer.isOver) return;
  const error = errorOf(exchange);
  if (answer.hasBegun) {
    answer.breakOff(errorEvent(error));
  } else if (lastError !== undefined && exchange.request?.outcome === 'failed') {
    const { body, head } = lastError;
    answer.reply(head.status, head.headers, exchange.ownHeaders(), body);
  } else {
    const { retryAfterS, status } = error;
    const headers = ['content-type', 'application/json'];
    if (retryAfterS !== undefined) headers.push('retry-after', String(retryAfterS));
    answer.reply(status, headers, exchange.ownHeaders(), Buffer.from(errorBody(error)));
  }
}

function errorOf({ lastFailure }: Exchange): ProxyError {
  return {
    status: 502,
    code: 'replica_failed',
    type: 'server_error',
    message: lastFailure?.message ?? 'failed',
  };
}
