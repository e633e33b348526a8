import { US_PER_MS } from '../../core/time.ts';

/** The head of an answer, as far as anybody here wants to know. */
export interface AnswerHead {
  readonly status: number;
  readonly isStream: boolean;
  /** Of a proxy that tells it; empty otherwise. */
  readonly replica: string;
  /** How long the proxy kept the request to itself; NaN where none tells it. */
  readonly queueUs: number;
  readonly staysOpen: boolean;
  readonly framing: Framing;
}

export type Framing =
  | { readonly kind: 'length'; readonly bytes: number }
  | { readonly kind: 'chunked' }
  | { readonly kind: 'until-close' };

const statusLine = /^HTTP\/1\.([01]) ([1-9]\d\d)(?: |$)/;
const token = /^[!#$%&'*+.^_`|~\w-]+$/;
/** A line feed or carriage return alone among them. */
const forbidden = /[^\t\x20-\x7e\x80-\xff]/;

/** What replicas call themselves behind the proxies that say so. */
const replicaHeaders = ['x-fairlead-replica', 'x-served-by', 'x-replica'];

/** RFC 9112; the reason why it is none as a text. */
export function parseAnswerHead(text: string): AnswerHead | string {
  const lines = text.split('\r\n');
  const status = statusLine.exec(lines[0]!);
  if (status === null) return 'the answer does not begin with a status line of HTTP/1.1';
  const headers = new Map<string, string>();
  for (let i = 1; i < lines.length; i++) {
    const line = lines[i]!;
    const colon = line.indexOf(':');
    const name = line.slice(0, colon).toLowerCase();
    if (colon < 1 || !token.test(name) || forbidden.test(line)) {
      return 'a line in the head of the answer is no header';
    }
    const value = line.slice(colon + 1).trim();
    if (isFraming(name) && headers.has(name)) return `the answer has two headers ${name}`;
    headers.set(name, value);
  }
  const framing = framingOf(Number(status[2]), headers);
  if (typeof framing === 'string') return framing;
  const staysOpen =
    status[1] === '1' &&
    framing.kind !== 'until-close' &&
    !/\bclose\b/i.test(headers.get('connection') ?? '');
  return {
    status: Number(status[2]),
    isStream: /^text\/event-stream\b/i.test(headers.get('content-type') ?? ''),
    replica: replicaHeaders.map((name) => headers.get(name)).find(Boolean) ?? '',
    queueUs: Number.parseFloat(headers.get('x-fairlead-queue-ms') ?? '') * US_PER_MS,
    staysOpen,
    framing,
  };
}

function isFraming(name: string): boolean {
  return name === 'content-length' || name === 'transfer-encoding';
}

function framingOf(status: number, headers: ReadonlyMap<string, string>): Framing | string {
  const coding = headers.get('transfer-encoding');
  const length = headers.get('content-length');
  if (status === 204 || status === 304) return { kind: 'length', bytes: 0 };
  if (coding !== undefined) {
    if (coding.toLowerCase() !== 'chunked') return `the answer is in the coding "${coding}"`;
    return length === undefined ? { kind: 'chunked' } : 'the answer has a length and is in chunks';
  }
  if (length === undefined) return { kind: 'until-close' };
  if (!/^\d{1,15}$/.test(length)) return `"${length}" is no length of an answer`;
  return { kind: 'length', bytes: Number(length) };
}
