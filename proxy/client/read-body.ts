import type { IncomingMessage } from 'node:http';

export interface BodyReader {
  /** The whole of it; undefined when there is none. */
  onBody(body: Buffer | undefined): void;
  onTooLarge(): void;
}

/** Reads the body of a request, whose declared length was looked at before, up to a limit. */
export function readBody(request: IncomingMessage, mostBytes: number, reader: BodyReader): void {
  const declared = Number(request.headers['content-length'] ?? Number.NaN);
  if (declared === 0 || (Number.isNaN(declared) && !isChunked(request))) {
    reader.onBody(undefined);
    return;
  }
  const pieces: Buffer[] = [];
  let bytes = 0;
  const onData = (piece: Buffer) => {
    bytes += piece.length;
    pieces.push(piece);
    if (bytes <= mostBytes) return;
    request.off('data', onData).off('end', onEnd);
    reader.onTooLarge();
  };
  const onEnd = () => reader.onBody(pieces.length > 1 ? Buffer.concat(pieces, bytes) : pieces[0]);
  request.on('data', onData);
  request.on('end', onEnd);
}

function isChunked({ headers }: IncomingMessage): boolean {
  return headers['transfer-encoding'] !== undefined;
}
