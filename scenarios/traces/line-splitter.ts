/** A line of text that is still bytes: `bytes[from]` … `bytes[to - 1]`, without its line end. */
export interface Line {
  bytes: Uint8Array;
  from: number;
  to: number;
  /** As an editor counts. */
  number: number;
}

export interface LineSplitterOptions {
  /** Longer ones are not kept: a file without line ends must not fill the memory. */
  readonly longestBytes: number;
  /** The line is lent: the next one overwrites it. */
  onLine(line: Line): void;
  onTooLong(number: number): void;
}

const newline = 10;
const carriageReturn = 13;
const byteOrderMark = [0xef, 0xbb, 0xbf];

/**
 * Cuts a stream of bytes into lines, wherever the pieces end. A byte order mark, Windows line ends
 * and a last line without an end are all accepted; empty lines are left out.
 */
export class LineSplitter {
  readonly #options: LineSplitterOptions;
  readonly #line: Line = { bytes: new Uint8Array(0), from: 0, to: 0, number: 0 };
  /** The beginning of a line whose end has not come yet. */
  #carry = new Uint8Array(4_096);
  #carried = 0;
  #tooLong = false;

  constructor(options: LineSplitterOptions) {
    this.#options = options;
  }

  push(piece: Uint8Array): void {
    // A Buffer of Node takes longer to search and to cut than the plain array that it is.
    const bytes = new Uint8Array(piece.buffer, piece.byteOffset, piece.length);
    let from = 0;
    for (;;) {
      const end = bytes.indexOf(newline, from);
      if (end < 0) break;
      if (this.#carried === 0 && !this.#tooLong) {
        this.#give(bytes, from, end);
      } else {
        this.#keep(bytes.subarray(from, end));
        this.#giveCarry();
      }
      from = end + 1;
    }
    this.#keep(bytes.subarray(from));
  }

  end(): void {
    if (this.#carried > 0 || this.#tooLong) this.#giveCarry();
  }

  #giveCarry(): void {
    const to = this.#carried;
    this.#carried = 0;
    if (this.#tooLong) {
      this.#tooLong = false;
      this.#line.number += 1;
      this.#options.onTooLong(this.#line.number);
    } else {
      this.#give(this.#carry, 0, to);
    }
  }

  #give(bytes: Uint8Array, from: number, to: number): void {
    const line = this.#line;
    line.number += 1;
    line.bytes = bytes;
    line.from = line.number === 1 ? from + markLength(bytes, from) : from;
    line.to = to > from && bytes[to - 1] === carriageReturn ? to - 1 : to;
    if (line.to - line.from > this.#options.longestBytes) this.#options.onTooLong(line.number);
    else if (line.to > line.from) this.#options.onLine(line);
  }

  #keep(piece: Uint8Array): void {
    const needed = this.#carried + piece.length;
    if (this.#tooLong || needed > this.#options.longestBytes + 2) {
      this.#tooLong ||= piece.length > 0;
      this.#carried = 0;
      return;
    }
    if (needed > this.#carry.length) {
      const grown = new Uint8Array(Math.max(needed, 2 * this.#carry.length));
      grown.set(this.#carry.subarray(0, this.#carried));
      this.#carry = grown;
    }
    this.#carry.set(piece, this.#carried);
    this.#carried = needed;
  }
}

function markLength(bytes: Uint8Array, from: number): number {
  return byteOrderMark.every((byte, index) => bytes[from + index] === byte) ? 3 : 0;
}
