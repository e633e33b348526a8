const longestText = 256;

/**
 * What others have chosen, fit for a line: JSON escapes what would end the line of a JSON reader,
 * but terminals obey control characters, and many readers of lines also break at U+0085, U+2028
 * and U+2029. Cut, because a line must not be as long as a client wants.
 */
export function logText(text: string | undefined): string | undefined {
  if (text === undefined) return undefined;
  const cut = text.length > longestText ? `${text.slice(0, longestText - 1)}…` : text;
  return unusual.test(cut) ? cut.replaceAll(unfit, '\ufffd') : cut;
}

/**
 * Queries and fragments may hold keys. So may the address that stands before the path when a client
 * asks as it would ask a forward proxy (RFC 9112, section 3.2.2).
 */
export function pathText(path: string): string | undefined {
  const end = path.search(/[?#]/);
  const asked = end < 0 ? path : path.slice(0, end);
  const isPath = asked.startsWith('/') || asked === '*';
  return logText(isPath ? asked : asked.replace(/^([a-z][a-z0-9+.-]*:\/\/)?[^/]*/i, ''));
}

/** Most texts hold nothing of the kind, and are known by this at a tenth of the cost. */
const unusual = /[^ -~]/;
const unfit = /[\p{Cc}\p{Cs}\u2028\u2029]/gu;
