import type { ResponseHead } from './transport.ts';

/** What holds for one connection only (RFC 9110, 7.6.1), and never passes through. */
const hopByHop: ReadonlySet<string> = new Set([
  'connection',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authorization',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
]);

export function isHopByHop(lowerCaseName: string): boolean {
  return hopByHop.has(lowerCaseName);
}

/** The head of an answer as its reader may see it, from name, value, name, value, … */
export function responseHead(
  status: number,
  raw: readonly (Buffer | string)[],
  isFramed: boolean,
): ResponseHead {
  const all = forwardedHeaders(raw);
  // RFC 9110, 8.6: it has none, whatever it says.
  const headers = status === 204 ? without(all, ['content-length']) : all;
  let isEventStream = false;
  let contentLength = Number.NaN;
  for (let i = 0; i < headers.length; i += 2) {
    if (headers[i] === 'content-type') {
      isEventStream = headers[i + 1]!.startsWith('text/event-stream');
    } else if (headers[i] === 'content-length') {
      contentLength = Number(headers[i + 1]);
    }
  }
  return { status, headers, isFramed, isEventStream, contentLength };
}

function forwardedHeaders(raw: readonly (Buffer | string)[]): string[] {
  const headers: string[] = [];
  let named: string[] | undefined;
  for (let i = 0; i + 1 < raw.length; i += 2) {
    const name = textOf(raw[i]!).toLowerCase();
    if (!hopByHop.has(name)) {
      if (!isOurs(name)) headers.push(name, textOf(raw[i + 1]!));
    } else if (name === 'connection') named = namedBy(textOf(raw[i + 1]!), named);
  }
  return named === undefined ? headers : without(headers, named);
}

/** What only the proxy says to clients. */
function isOurs(lowerCaseName: string): boolean {
  return lowerCaseName === 'x-request-id' || lowerCaseName.startsWith('x-fairlead-');
}

/** Headers that `Connection` names besides its own words. */
export function namedBy(value: string, before: string[] = []): string[] | undefined {
  const names = value.split(',').map((name) => name.trim().toLowerCase());
  const others = names.filter((name) => name !== '' && name !== 'close' && !hopByHop.has(name));
  const all = [...before, ...others];
  return all.length === 0 ? undefined : all;
}

export function without(headers: readonly string[], names: readonly string[]): string[] {
  const kept: string[] = [];
  for (let i = 0; i < headers.length; i += 2) {
    const name = headers[i]!;
    if (!names.includes(name.toLowerCase())) kept.push(name, headers[i + 1]!);
  }
  return kept;
}

function textOf(bytes: Buffer | string): string {
  return typeof bytes === 'string' ? bytes : bytes.toString('latin1');
}
