const carriageReturn = 13;
const lineFeed = 10;
/** Of the line with the length of a chunk; eight digits are 4 GB. */
const mostDigits = 8;
const mostTrailerBytes = 8 * 1024;

/**
 * Follows the frames of chunked coding (RFC 9112, 7.1) through the pieces in which they arrive, as
 * strictly as anybody who will read them: whatever passes here is passed on byte by byte. Chunk
 * extensions are refused, trailers are dropped.
 */
export class ChunkFrames {
  isOver = false;
  /** Where the piece goes on after the end of the body, when that is over. */
  rest = 0;
  /** The beginning of a line that the last piece broke off. */
  #line = '';
  /** Bytes of the chunk to come, and the end of line after them. */
  #left = 0;
  #isTrailer = false;
  #trailerBytes = 0;

  /** The frames that may be passed on; undefined for what is no chunked coding. */
  take(piece: Buffer): Buffer | undefined {
    const carried = this.#line;
    let at = 0;
    let end = 0;
    while (at < piece.length && !this.#isTrailer) {
      at = this.#left > 0 ? this.#pass(piece, at) : this.#readLength(piece, at);
      if (at < 0) return undefined;
      if (this.#left > 0 || this.#line === '') end = this.#isTrailer ? end : at;
    }
    if (this.#isTrailer && !this.#skipTrailers(piece, at)) return undefined;
    if (end === 0 || carried === '') return end === piece.length ? piece : piece.subarray(0, end);
    return Buffer.concat([Buffer.from(carried, 'latin1'), piece.subarray(0, end)]);
  }

  /** Through a chunk and the end of line behind it; -1 when that is something else. */
  #pass(piece: Buffer, from: number): number {
    let at = from;
    if (this.#left > 2) {
      const data = Math.min(this.#left - 2, piece.length - at);
      this.#left -= data;
      at += data;
    }
    for (; this.#left > 0 && this.#left <= 2 && at < piece.length; at++) {
      if (piece[at] !== (this.#left === 2 ? carriageReturn : lineFeed)) return -1;
      this.#left -= 1;
    }
    return at;
  }

  #readLength(piece: Buffer, from: number): number {
    const feed = piece.indexOf(lineFeed, from);
    const until = feed < 0 ? piece.length : feed + 1;
    const line = this.#line + piece.toString('latin1', from, until);
    if (line.length > mostDigits + 2) return -1;
    if (feed < 0) {
      if (!/^[0-9a-f]*\r?$/i.test(line)) return -1;
      this.#line = line;
      return until;
    }
    if (!/^[0-9a-f]+\r\n$/i.test(line)) return -1;
    this.#line = '';
    const length = Number.parseInt(line, 16);
    if (length > 0) this.#left = length + 2;
    else this.#isTrailer = true;
    return until;
  }

  #skipTrailers(piece: Buffer, from: number): boolean {
    for (let at = from; at < piece.length; ) {
      const feed = piece.indexOf(lineFeed, at);
      const until = feed < 0 ? piece.length : feed + 1;
      this.#trailerBytes += until - at;
      if (this.#trailerBytes > mostTrailerBytes) return false;
      this.#line += piece.toString('latin1', at, until);
      at = until;
      if (feed < 0) break;
      if (this.#line === '\r\n') {
        this.isOver = true;
        this.rest = at;
        return true;
      }
      if (!this.#line.endsWith('\r\n')) return false;
      this.#line = '';
    }
    return true;
  }
}
