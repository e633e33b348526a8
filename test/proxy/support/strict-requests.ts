/** One request as a strict replica reads it off a connection. */
export interface ReadRequest {
  readonly method: string;
  readonly target: string;
  readonly headers: readonly (readonly [string, string])[];
  readonly body: Buffer;
  readonly end: number;
}

/** Undefined while it is not whole; a text for what no proxy may send. */
export function readRequest(bytes: Buffer): ReadRequest | string | undefined {
  const headEnd = bytes.indexOf('\r\n\r\n', 0, 'latin1');
  if (headEnd < 0) return undefined;
  const [first, ...lines] = bytes.toString('latin1', 0, headEnd).split('\r\n');
  const line = /^([A-Z-]+) (\/[!-"$-~]*) HTTP\/1\.1$/.exec(first!);
  if (line === null) return `request line ${JSON.stringify(first)}`;
  const headers: [string, string][] = [];
  for (const text of lines) {
    const field = /^([A-Za-z0-9!#$%&'*+.^_`|~-]+): ?([\t -~\x80-\xff]*)$/.exec(text);
    if (field === null) return `header ${JSON.stringify(text)}`;
    headers.push([field[1]!.toLowerCase(), field[2]!]);
  }
  const wrong = objection(headers);
  if (wrong !== undefined) return wrong;
  const length = Number(headers.find(([name]) => name === 'content-length')?.[1] ?? 0);
  const end = headEnd + 4 + length;
  if (bytes.length < end) return undefined;
  const body = bytes.subarray(headEnd + 4, end);
  return { method: line[1]!, target: line[2]!, headers, body, end };
}

const once = ['host', 'x-request-id', 'content-length'];
const never = ['transfer-encoding', 'te', 'trailer', 'upgrade', 'keep-alive', 'proxy-connection']
  .concat(['proxy-authorization', 'proxy-authenticate', 'expect', 'content-encoding'])
  .concat(['authorization', 'x-api-key']);

function objection(headers: readonly (readonly [string, string])[]): string | undefined {
  const count = (name: string) => headers.filter(([other]) => other === name).length;
  for (const name of once) if (count(name) > 1) return `${count(name)} times ${name}`;
  if (count('host') === 0) return 'no host';
  for (const name of never) if (count(name) > 0) return `${name} is not for replicas`;
  for (const [name, value] of headers) {
    // What undici says of its own connection.
    if (name === 'connection' && !/^(keep-alive|close)$/.test(value)) return `connection: ${value}`;
    if (name === 'content-length' && !/^\d{1,10}$/.test(value)) return `length ${value}`;
  }
  return undefined;
}
