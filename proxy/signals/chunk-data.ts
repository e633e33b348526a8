const carriageReturn = 13;

/**
 * Takes the data out of chunks that were checked on their way (see ChunkFrames): the line with a
 * length always comes whole there, and the last chunk, which is empty, never comes.
 */
export class ChunkData {
  /** Of the chunk that the last piece broke off, with the end of line after it. */
  #left = 0;

  /** Adds the data of a piece to `into`, without copying. */
  take(piece: Buffer, into: Buffer[]): void {
    let at = 0;
    while (at < piece.length) {
      if (this.#left === 0) {
        const end = piece.indexOf(carriageReturn, at);
        this.#left = Number.parseInt(piece.toString('latin1', at, end), 16) + 2;
        at = end + 2;
      }
      const data = Math.min(this.#left - 2, piece.length - at);
      if (data > 0) into.push(piece.subarray(at, at + data));
      const taken = Math.min(this.#left, piece.length - at);
      this.#left -= taken;
      at += taken;
    }
  }
}
