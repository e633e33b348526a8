/** What engines offer to clients besides `/v1/…`: vLLM's, and SGLang's and llama.cpp's of that kind. */
const others: ReadonlySet<string> = new Set([
  '/tokenize',
  '/detokenize',
  '/pooling',
  '/classify',
  '/score',
  '/rerank',
  '/generate',
]);

/** `forward`: to a replica. Whatever else replicas offer is not for clients. */
export type Destination = 'forward' | 'models' | 'health' | 'unknown' | 'malformed';

export function destinationOf(method: string, url: string): Destination {
  if (!isPathAndQuery.test(url)) return 'malformed';
  const end = url.indexOf('?');
  const path = end < 0 ? url : url.slice(0, end);
  if (path.startsWith('/v1/')) {
    // A replica could take such a path for one that is not for clients.
    if (hasDots.test(path)) return 'malformed';
    return path === '/v1/models' && method === 'GET' ? 'models' : 'forward';
  }
  if (path === '/health') return 'health';
  return others.has(path) ? 'forward' : 'unknown';
}

/** Visible ASCII, no fragment (RFC 9112, 3.2.1): readers differ on what the rest would mean. */
const isPathAndQuery = /^\/[!-"$-~]*$/;

const hasDots = /(?:\/|%2f|\\|%5c)(?:\.|%2e){1,2}(?:\/|%2f|\\|%5c|$)/i;
