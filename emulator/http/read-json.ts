import type { IncomingMessage } from 'node:http';

export interface JsonReader {
  onJson(body: unknown): void;
  onError(message: string): void;
}

/** Prompts of a million tokens are smaller. */
const mostBytes = 64 * 2 ** 20;

/** Reads the whole body of a request; an empty one is nothing. */
export function readJson(request: IncomingMessage, reader: JsonReader): void {
  const pieces: Buffer[] = [];
  let bytes = 0;
  request.on('data', (piece: Buffer) => {
    bytes += piece.length;
    if (bytes <= mostBytes) pieces.push(piece);
  });
  request.on('end', () => {
    if (bytes > mostBytes) return reader.onError(`The body has more than ${mostBytes} bytes.`);
    const text = (pieces.length === 1 ? pieces[0]! : Buffer.concat(pieces)).toString('utf8');
    let body: unknown;
    try {
      body = text === '' ? undefined : JSON.parse(text);
    } catch (error) {
      return reader.onError(`The body is not JSON: ${(error as Error).message}`);
    }
    reader.onJson(body);
  });
}
