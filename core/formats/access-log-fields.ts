/**
 * The fields of a line of the proxy's access log, in their order: the proxy writes them, and
 * `fairlead scenario import` reads them back. A field without a value is not there. Names never
 * change their meaning; there may be more of them one day.
 */
export const accessLogFields = {
  event: {
    kind: 'text',
    about: 'always `request`, which tells the line from others in the stream',
  },
  arrival: { kind: 'time', about: 'when it came: ISO 8601 in UTC, with microseconds' },
  requestId: { kind: 'text', about: 'that of the answer, and of the replica' },
  tenant: { kind: 'text', about: 'who sent it' },
  tier: { kind: 'text', about: 'the tier of the tenant' },
  session: { kind: 'number', about: 'the conversation it is part of' },
  method: { kind: 'text', about: 'of HTTP' },
  path: { kind: 'text', about: 'what was asked for, without the query' },
  model: { kind: 'text', about: 'what the client called it' },
  isStreamed: { kind: 'flag', about: 'whether the answer was to be a stream' },
  outcome: { kind: 'text', about: 'ok, failed, timeout, rejected, cancelled or truncated' },
  status: { kind: 'number', about: 'what the client got' },
  errorCode: { kind: 'text', about: 'why it was turned away or failed, as the answer says' },
  replica: { kind: 'text', about: 'the replica of the last attempt' },
  reason: { kind: 'text', about: 'how that came to be chosen: first, queued, retry or hedge' },
  attempts: { kind: 'number', about: 'replicas that were tried' },
  queueUs: { kind: 'number', about: 'from its arrival until it was last given to a replica' },
  overheadUs: { kind: 'number', about: 'what the proxy itself took of it, without waiting' },
  ttftUs: { kind: 'number', about: 'from its arrival until the first of the answer' },
  durationUs: { kind: 'number', about: 'from its arrival until its end' },
  promptTokens: { kind: 'number', about: 'as the replica says, or else estimated' },
  cachedTokens: { kind: 'number', about: 'of these, found in the prefix cache' },
  outputTokens: { kind: 'number', about: 'of the answer' },
  finishReason: { kind: 'text', about: 'why the answer ended, as the replica says' },
  bytesIn: { kind: 'number', about: 'of the body of the request' },
  bytesOut: { kind: 'number', about: 'of the body of the answer' },
} as const satisfies Record<string, { kind: 'text' | 'number' | 'flag' | 'time'; about: string }>;

export type AccessLogField = keyof typeof accessLogFields;

/** What `event` says. */
export const accessLogEvent = 'request';
