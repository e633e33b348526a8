/** What a strict reader of HTTP/1.1 makes of the bytes of one answer. */
export type ReadAnswer =
  | {
      readonly kind: 'whole';
      readonly status: number;
      readonly headers: readonly (readonly [string, string])[];
      readonly body: Buffer;
      /** Where the next one begins. */
      readonly end: number;
      readonly isLast: boolean;
      readonly interim: readonly number[];
    }
  | { readonly kind: 'cut'; readonly hasHead: boolean; readonly isEventStream: boolean }
  | { readonly kind: 'wrong'; readonly why: string };

export interface Answered {
  readonly isHead: boolean;
  /** Nothing more comes. */
  readonly isClosed: boolean;
}

/** What nobody needs more of. */
const mostHeadBytes = 65_536;
const mostInterim = 8;

/** By RFC 9112 alone, from whole bytes, sharing nothing with the product. */
export function readAnswer(bytes: Buffer, how: Answered): ReadAnswer {
  const interim: number[] = [];
  for (let from = 0; ; ) {
    const end = bytes.indexOf('\r\n\r\n', from, 'latin1');
    const length = (end < 0 ? bytes.length : end) - from;
    if (length > mostHeadBytes) return { kind: 'wrong', why: 'its head is too long' };
    if (end < 0) return { kind: 'cut', hasHead: false, isEventStream: false };
    const head = readHead(bytes.toString('latin1', from, end));
    if (typeof head === 'string') return { kind: 'wrong', why: head };
    if (head.status >= 200) return readBody(bytes, end + 4, head, interim, how);
    if (head.status < 100 || head.status === 101) {
      return { kind: 'wrong', why: `status ${head.status}` };
    }
    interim.push(head.status);
    if (interim.length > mostInterim) return { kind: 'wrong', why: 'it never begins' };
    from = end + 4;
  }
}

interface Head {
  readonly status: number;
  readonly minor: string;
  readonly headers: readonly (readonly [string, string])[];
}

function readHead(text: string): Head | string {
  const [first, ...lines] = text.split('\r\n');
  const status = /^HTTP\/1\.([01]) (\d\d\d)( [\t -~\x80-\xff]*)?$/.exec(first!);
  if (status === null) return `status line ${JSON.stringify(first)}`;
  const headers: [string, string][] = [];
  for (const line of lines) {
    const colon = line.indexOf(':');
    const name = line.slice(0, colon);
    if (colon < 1 || !/^[A-Za-z0-9!#$%&'*+.^_`|~-]+$/.test(name)) {
      return `header ${JSON.stringify(line)}`;
    }
    const value = line.slice(colon + 1).replace(/^[ \t]+|[ \t]+$/g, '');
    if (/[^\t -~\x80-\xff]/.test(value)) return `value ${JSON.stringify(line)}`;
    headers.push([name.toLowerCase(), value]);
  }
  return { status: Number(status[2]), minor: status[1]!, headers };
}

function readBody(
  bytes: Buffer,
  from: number,
  { headers, minor, status }: Head,
  interim: readonly number[],
  { isClosed, isHead }: Answered,
): ReadAnswer {
  const valuesOf = (name: string) =>
    headers.flatMap(([other, value]) => (other === name ? [value] : []));
  const lengths = valuesOf('content-length');
  const codings = valuesOf('transfer-encoding');
  const isClosing = valuesOf('connection').some((value) => /\bclose\b/i.test(value));
  const isLast = isClosing || minor === '0';
  const isEventStream = valuesOf('content-type')[0]?.startsWith('text/event-stream') ?? false;
  const whole = (body: Buffer, end: number, last = isLast): ReadAnswer => {
    return { kind: 'whole', status, headers, body, end, isLast: last, interim };
  };
  const cut = { kind: 'cut', hasHead: true, isEventStream } as const;
  if (lengths.length + codings.length > 1) {
    return { kind: 'wrong', why: `lengths ${lengths} and codings ${codings}` };
  }
  if (codings.length > 0 && codings[0]!.toLowerCase() !== 'chunked') {
    return { kind: 'wrong', why: `coding ${codings}` };
  }
  if (lengths.length > 0 && !/^\d{1,15}$/.test(lengths[0]!)) {
    return { kind: 'wrong', why: `length ${lengths}` };
  }
  if (isHead || status === 204 || status === 304) return whole(Buffer.alloc(0), from);
  if (codings.length > 0) {
    const read = readChunks(bytes, from);
    if (read === 'cut') return cut;
    if (read === 'wrong') return { kind: 'wrong', why: 'chunks' };
    return whole(read.body, read.end);
  }
  if (lengths.length > 0) {
    const end = from + Number(lengths[0]);
    return end <= bytes.length ? whole(bytes.subarray(from, end), end) : cut;
  }
  return isClosed ? whole(bytes.subarray(from), bytes.length, true) : cut;
}

export interface ReadChunks {
  readonly body: Buffer;
  readonly end: number;
}

/** What the line with the length of a chunk may be while it is not all here. */
const sizeBegun = /^(?:[0-9a-f]{1,8}\r?)?$/i;

export function readChunks(bytes: Buffer, from: number): ReadChunks | 'cut' | 'wrong' {
  const pieces: Buffer[] = [];
  for (let at = from; ; ) {
    const feed = bytes.indexOf(10, at);
    if (feed < 0) return sizeBegun.test(bytes.toString('latin1', at)) ? 'cut' : 'wrong';
    const line = bytes.toString('latin1', at, feed + 1);
    if (!/^[0-9a-fA-F]{1,8}\r\n$/.test(line)) return 'wrong';
    const length = Number.parseInt(line, 16);
    if (length === 0) return readTrailer(bytes, feed + 1, pieces);
    const end = feed + 1 + length;
    if (end + 2 > bytes.length) return 'cut';
    if (bytes[end] !== 13 || bytes[end + 1] !== 10) return 'wrong';
    pieces.push(bytes.subarray(feed + 1, end));
    at = end + 2;
  }
}

/** Its lines are only skipped: nobody is told what they say. */
function readTrailer(bytes: Buffer, from: number, pieces: Buffer[]): ReadChunks | 'cut' | 'wrong' {
  for (let at = from; ; ) {
    const feed = bytes.indexOf(10, at);
    if ((feed < 0 ? bytes.length : feed + 1) - from > 8_192) return 'wrong';
    if (feed < 0) return 'cut';
    if (feed === at || bytes[feed - 1] !== 13) return 'wrong';
    if (feed === at + 1) return { body: Buffer.concat(pieces), end: feed + 1 };
    at = feed + 1;
  }
}
