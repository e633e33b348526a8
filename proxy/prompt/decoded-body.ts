import type { ZlibOptions } from 'node:zlib';
import { type BrotliOptions, brotliDecompress, gunzip, inflate, inflateRaw } from 'node:zlib';

/** What was in a compressed body, or why nobody knows; messages are for its client. */
export type DecodedBody =
  | { readonly kind: 'plain'; readonly body: Buffer }
  | { readonly kind: 'too-large'; readonly message: string }
  | { readonly kind: 'damaged'; readonly message: string }
  | { readonly kind: 'unsupported'; readonly message: string };

/**
 * Undoes the `content-encoding` of a body. It is decoded piece by piece and given up as soon as it
 * is larger than it may be, so that a small body never becomes a large one here. One encoding is
 * undone and no list of them: a bomb in a bomb is a bomb again.
 */
export async function decodedBody(
  body: Buffer,
  encoding: string | undefined,
  mostBytes: number,
): Promise<DecodedBody> {
  const name = (encoding ?? '').trim().toLowerCase();
  if (name === '' || name === 'identity') {
    return body.length > mostBytes ? tooLarge(mostBytes) : { kind: 'plain', body };
  }
  const decode = decoderOf(name, body);
  if (decode === undefined) return unsupported(name);
  return new Promise((resolve) => {
    decode(body, { maxOutputLength: Math.max(1, mostBytes) }, (error, plain) => {
      if (error === null) resolve({ kind: 'plain', body: plain });
      else if ('code' in error && error.code === 'ERR_BUFFER_TOO_LARGE') {
        resolve(tooLarge(mostBytes));
      } else resolve(damaged(name, error));
    });
  });
}

type Decode = (
  body: Buffer,
  options: ZlibOptions & BrotliOptions,
  done: (error: Error | null, plain: Buffer) => void,
) => void;

function decoderOf(name: string, body: Buffer): Decode | undefined {
  // RFC 9110, section 8.4.1.3: the old name is the same.
  if (name === 'gzip' || name === 'x-gzip') return gunzip;
  if (name === 'br') return brotliDecompress;
  if (name !== 'deflate') return undefined;
  return hasZlibHeader(body) ? inflate : inflateRaw;
}

/**
 * RFC 9110 means deflate with the header of zlib, and notes that some send it without. RFC 1950
 * makes the two bytes of that header a multiple of 31, with 8 for the method.
 */
function hasZlibHeader(body: Buffer): boolean {
  if (body.length < 2) return true;
  return (body[0]! & 0x0f) === 8 && body.readUInt16BE(0) % 31 === 0;
}

function tooLarge(mostBytes: number): DecodedBody {
  const message = `the body of this request is larger than ${mostBytes} bytes when it is not compressed; send less`;
  return { kind: 'too-large', message };
}

function damaged(name: string, { message }: Error): DecodedBody {
  return {
    kind: 'damaged',
    message: `the body of this request is not ${name}, as its content-encoding says (${message}); send it whole, or without that header`,
  };
}

function unsupported(name: string): DecodedBody {
  const shown = name.length > 40 ? `${name.slice(0, 40)}…` : name;
  return {
    kind: 'unsupported',
    message: `the content-encoding "${shown}" of this request is not supported; use gzip, deflate or br, or none`,
  };
}
