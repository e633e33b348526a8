import type { IncomingMessage } from 'node:http';

export interface BodyReader {
  /** The whole of it; undefined when there is none. */
  onBody(body: Buffer | undefined): void;
  onTooLarge(): void;
}

/** Reads the body of a request, as long as it is not longer than it may be. */
export function readBody(request: IncomingMessage, mostBytes: number, reader: BodyReader): void {
  const declared = Number(request.headers['content-length'] ?? Number.NaN);
  if (declared > mostBytes) {
    reader.onTooLarge();
    return;
  }
  if (declared === 0 || (Number.isNaN(declared) && !isChunked(request))) {
    reader.onBody(undefined);
    return;
  }
  let first: Buffer | undefined;
  let rest: Buffer[] | undefined;
  let bytes = 0;
  request.on('data', (piece: Buffer) => {
    bytes += piece.length;
    if (bytes > mostBytes) return;
    if (first === undefined) first = piece;
    else (rest ??= [first]).push(piece);
  });
  request.on('end', () => {
    if (bytes > mostBytes) reader.onTooLarge();
    else reader.onBody(rest === undefined ? first : Buffer.concat(rest, bytes));
  });
}

function isChunked({ headers }: IncomingMessage): boolean {
  return headers['transfer-encoding'] !== undefined;
}
