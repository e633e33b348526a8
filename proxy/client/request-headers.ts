import { hopByHop, namedBy, without } from '../upstream/response-headers.ts';

/** For one connection only, set anew for each replica, or spent here. */
const spent: ReadonlySet<string> = new Set([
  ...hopByHop,
  'host',
  'content-length',
  // The body was unpacked here, to be looked at.
  'content-encoding',
  'expect',
  'authorization',
  'x-api-key',
  'x-request-id',
]);

export interface ForwardedHeaders {
  readonly requestId: string;
  /** What replaces the credentials of clients, if the replicas want any. */
  readonly authorization: string | undefined;
  /** Whether replicas get what the client sent as its credentials. */
  readonly keepsCredentials: boolean;
}

/**
 * What a replica is told of what the client said. Credentials of clients stay here: a replica has
 * no use for them, and its logs no business with them.
 */
export function requestHeaders(
  raw: readonly string[],
  { authorization, keepsCredentials, requestId }: ForwardedHeaders,
): string[] {
  const headers: string[] = [];
  let named: string[] | undefined;
  for (let i = 0; i < raw.length; i += 2) {
    const name = raw[i]!;
    const lower = name.toLowerCase();
    if (lower === 'connection') named = namedBy(raw[i + 1]!, named);
    if (spent.has(lower) && !(keepsCredentials && isCredential(lower))) continue;
    headers.push(name, raw[i + 1]!);
  }
  // What clients name is theirs to take away; what is said here is not.
  const forwarded = named === undefined ? headers : without(headers, named);
  forwarded.push('x-request-id', requestId);
  if (authorization !== undefined && !keepsCredentials) {
    forwarded.push('authorization', authorization);
  }
  return forwarded;
}

function isCredential(lower: string): boolean {
  return lower === 'authorization' || lower === 'x-api-key';
}
