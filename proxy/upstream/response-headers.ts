import type { ResponseHead } from './transport.ts';

/** What holds for one connection only (RFC 9110, 7.6.1), and never passes through. */
export const hopByHop: ReadonlySet<string> = new Set([
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

/** Those in the head of an answer that do not simply pass. `x-request-id` is what the proxy says. */
const special: ReadonlyMap<string, 'dropped' | 'connection' | 'length' | 'type'> = new Map([
  ...[...hopByHop, 'x-request-id'].map((name) => [name, 'dropped'] as const),
  ['connection', 'connection'],
  ['content-length', 'length'],
  ['content-type', 'type'],
]);

/** The head of an answer as its reader may see it, from name, value, name, value, … */
export function responseHead(
  status: number,
  raw: readonly (Buffer | string)[],
  isFramed: boolean,
): ResponseHead {
  const headers: string[] = [];
  let named: string[] | undefined;
  let isEventStream = false;
  let contentLength = Number.NaN;
  for (let i = 0; i + 1 < raw.length; i += 2) {
    const name = textOf(raw[i]!).toLowerCase();
    const kind = special.get(name);
    if (kind === 'dropped' || (kind === undefined && name.startsWith('x-fairlead-'))) continue;
    const value = textOf(raw[i + 1]!);
    if (kind === 'connection') {
      named = namedBy(value, named);
      continue;
    }
    if (kind === 'length') contentLength = Number(value);
    else if (kind === 'type') isEventStream = value.startsWith('text/event-stream');
    headers.push(name, value);
  }
  // RFC 9110, 8.6: it has no length, whatever it says.
  const taken = status === 204 ? [...(named ?? []), 'content-length'] : named;
  if (taken === undefined) return { status, headers, isFramed, isEventStream, contentLength };
  return {
    status,
    headers: without(headers, taken),
    isFramed,
    isEventStream: isEventStream && !taken.includes('content-type'),
    contentLength: taken.includes('content-length') ? Number.NaN : contentLength,
  };
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
