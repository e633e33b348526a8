import { errorBody, errorEvent, type ProxyError } from './error-body.ts';

/**
 * What is still to be said of a stream of which the rest will not come. An event may have been
 * passed on in part. A blank line would make it an event of broken JSON, which clients take for a
 * fault of their own, as OpenAI's do: its object is completed, with the error in it.
 */
export function endOfBrokenStream(lastOfIt: string, error: ProxyError): string {
  const line = openDataLine(lastOfIt);
  const completion = line === undefined ? '' : completionOf(line, errorBody(error));
  return `${completion}\n\n${errorEvent(error)}`;
}

/** What is there of the data of an event without its end of line. */
function openDataLine(text: string): string | undefined {
  const line = text.slice(text.lastIndexOf('\n') + 1);
  return line.startsWith('data:') ? line.slice('data:'.length).trimStart() : undefined;
}

/** What makes the beginning of a JSON object whole, and holds what `body`, another one, holds. */
function completionOf(text: string, body: string): string {
  if (text === '') return body;
  if (text.startsWith('[')) return lastEvent.startsWith(text) ? lastEvent.slice(text.length) : '';
  const { closers, expected, isKey, token } = scan(text);
  if (closers.length === 0) return '';
  const rest = restOf(token);
  const isMember = expected === 'key' && token === '';
  if (isMember && closers.length === 1) return body.slice(1);
  const inner = closers.slice(1).reverse().join('');
  return `${rest}${missing({ expected, isKey, token })}${inner},${body.slice(1)}`;
}

function missing({ expected, isKey, token }: Omit<Scanned, 'closers'>): string {
  if (isKey) return ':null';
  if (token !== '' || expected === 'none') return '';
  return expected === 'key' ? '"":null' : 'null';
}

const lastEvent = '[DONE]';

interface Scanned {
  /** Of what is open, from the outermost on. */
  readonly closers: readonly string[];
  /** What has to come, as far as it is known. */
  readonly expected: 'key' | 'value' | 'none';
  /** Whether the last was the name of a member, whole or not, without its colon. */
  readonly isKey: boolean;
  /** The string, number or word at the end that may not be whole. */
  readonly token: string;
}

/** Strings, open or closed; numbers and words; and what holds them together. */
const tokens = /"(?:[^"\\]|\\.)*(?:"|\\?$)|[-+.\w]+|[{}[\],:]/gs;

function scan(text: string): Scanned {
  const closers: string[] = [];
  let expected: Scanned['expected'] = 'value';
  let isKey = false;
  let token = '';
  for (const [found] of text.matchAll(tokens)) {
    token = '';
    const isName: boolean = expected === 'key';
    isKey = false;
    if (found === '{' || found === '[') {
      closers.push(found === '{' ? '}' : ']');
      expected = found === '{' ? 'key' : 'none';
    } else if (found === '}' || found === ']') {
      closers.pop();
      expected = 'none';
    } else if (found === ',') expected = closers.at(-1) === '}' ? 'key' : 'value';
    else if (found === ':') expected = 'value';
    else {
      token = found;
      isKey = isName;
      expected = 'none';
    }
  }
  return { closers, expected, isKey, token };
}

const words = ['true', 'false', 'null'];

/** What a string, a number or a word lacks. */
function restOf(token: string): string {
  if (token === '') return '';
  if (token.startsWith('"')) return isClosed.test(token) ? '' : restOfString(token);
  const word = words.find((one) => one.startsWith(token));
  if (word !== undefined) return word.slice(token.length);
  return /\d$/.test(token) ? '' : '0';
}

const isClosed = /^"(?:[^"\\]|\\.)*"$/s;

function restOfString(token: string): string {
  const begun = /(?:^|[^\\])(?:\\\\)*(\\(?:u[0-9a-f]{0,3})?)$/i.exec(token)?.[1];
  if (begun === undefined) return '"';
  return begun === '\\' ? '\\"' : `${'0'.repeat('\\u0000'.length - begun.length)}"`;
}
