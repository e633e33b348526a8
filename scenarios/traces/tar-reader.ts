import { FairleadError } from '../../core/errors.ts';
import { tarBlock, tarChecksum, tarField } from './tar-header.ts';

export interface TarReaderOptions {
  readonly name: string;
  onFile(file: { readonly name: string; readonly content: Uint8Array }): void;
}

const largestFile = 256_000_000;

interface Entry {
  readonly name: string;
  readonly isFile: boolean;
  readonly content: Uint8Array;
  filled: number;
  /** Zeros after the content that are still to come. */
  padding: number;
}

/** Hands over the files of a tar archive as it comes in, each when it is complete. */
export class TarReader {
  readonly #options: TarReaderOptions;
  readonly #header = new Uint8Array(tarBlock);
  #headerFilled = 0;
  #entry: Entry | undefined;

  constructor(options: TarReaderOptions) {
    this.#options = options;
  }

  push(bytes: Uint8Array): void {
    let at = 0;
    while (at < bytes.length) {
      at += this.#entry === undefined ? this.#takeHeader(bytes, at) : this.#take(bytes, at);
      const entry = this.#entry;
      if (entry === undefined || entry.filled < entry.content.length || entry.padding > 0) continue;
      this.#entry = undefined;
      if (entry.isFile) this.#options.onFile(entry);
    }
  }

  end(): void {
    if (this.#entry !== undefined || this.#headerFilled > 0) this.#fail('the archive is cut');
  }

  #takeHeader(bytes: Uint8Array, at: number): number {
    const taken = Math.min(tarBlock - this.#headerFilled, bytes.length - at);
    this.#header.set(bytes.subarray(at, at + taken), this.#headerFilled);
    this.#headerFilled += taken;
    if (this.#headerFilled < tarBlock) return taken;
    this.#headerFilled = 0;
    // Blocks of zeros end the archive.
    if (this.#header.some((byte) => byte !== 0)) this.#entry = this.#parseHeader();
    return taken;
  }

  #take(bytes: Uint8Array, at: number): number {
    const entry = this.#entry!;
    const wanted = entry.content.length - entry.filled;
    const content = bytes.subarray(at, Math.min(bytes.length, at + wanted));
    entry.content.set(content, entry.filled);
    entry.filled += content.length;
    if (content.length < wanted) return content.length;
    const padding = Math.min(entry.padding, bytes.length - at - content.length);
    entry.padding -= padding;
    return content.length + padding;
  }

  #parseHeader(): Entry {
    const size = this.#octal(tarField.size);
    if (this.#octal(tarField.checksum) !== tarChecksum(this.#header)) {
      this.#fail('the checksum of a header is wrong');
    }
    if (!(size <= largestFile)) this.#fail(`a file in it has ${size} bytes`);
    const prefix = this.#text(tarField.prefix);
    const type = this.#text(tarField.type);
    return {
      name: `${prefix === '' ? '' : `${prefix}/`}${this.#text(tarField.name)}`,
      isFile: type === '0' || type === '',
      content: new Uint8Array(size),
      filled: 0,
      padding: (tarBlock - (size % tarBlock)) % tarBlock,
    };
  }

  #text([at, length]: readonly [number, number]): string {
    const text = new TextDecoder('latin1').decode(this.#header.subarray(at, at + length));
    return text.split('\0', 1)[0]!;
  }

  #octal(field: readonly [number, number]): number {
    const text = this.#text(field).trim();
    return /^[0-7]+$/.test(text) ? Number.parseInt(text, 8) : Number.NaN;
  }

  #fail(what: string): never {
    const message = `${this.#options.name}: ${what}. Fetch the archive again.`;
    throw new FairleadError('TRACE_UNREADABLE', message);
  }
}
