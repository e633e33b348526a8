/** What clients are told when there is no answer of a replica to give them. */
export interface ProxyError {
  readonly status: number;
  /** Never changes, so that programs can rely on it. */
  readonly code: string;
  readonly type: 'invalid_request_error' | 'rate_limit_error' | 'server_error';
  readonly message: string;
  readonly retryAfterS?: number | undefined;
}

/** In the shape of OpenAI's API, which its clients understand. */
export function errorBody({ code, message, type }: ProxyError): string {
  return JSON.stringify({ error: { message, type, param: null, code } });
}

/** An answer that has begun can no longer change its status: the error is an event of its own. */
export function errorEvent(error: ProxyError): string {
  return `data: ${errorBody(error)}\n\n`;
}
