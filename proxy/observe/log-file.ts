import { closeSync, openSync } from 'node:fs';
import pino from 'pino';
import { FairleadError } from '../../core/errors.ts';

export interface LogFileOptions {
  /** Path, or 1 for stdout. */
  readonly destination: string | 1;
  /** Told of what goes wrong while writing; what it was stays in memory and is tried again. */
  readonly onError: (error: Error) => void;
  /** Most of what waits to be written; lines beyond it are lost. */
  readonly mostWaitingBytes?: number;
}

/** Its types know of texts only; with `contentMode` it takes bytes, at a third of the cost. */
type Destination = Omit<ReturnType<typeof pino.destination>, 'write'> & {
  write(bytes: Buffer): boolean;
};

/**
 * A file that is written behind the back of whoever logs, and never at the cost of requests: what
 * the disk does not take waits in bounded memory, and beyond that it is lost and counted.
 */
export class LogFile {
  lostLines = 0;
  readonly #destination: Destination;
  readonly #isFile: boolean;
  /** Nobody reads the other end of the pipe. */
  #isBroken = false;
  #isClosed = false;
  #lastError: unknown = undefined;

  private constructor(destination: Destination, { onError, ...options }: LogFileOptions) {
    this.#destination = destination;
    this.#isFile = options.destination !== 1;
    destination.on('drop', () => {
      this.lostLines += 1;
    });
    destination.on('error', (error: NodeJS.ErrnoException) => {
      // The destination says some errors twice.
      if (error === this.#lastError) return;
      this.#lastError = error;
      this.#isBroken ||= error.code === 'EPIPE';
      onError(error);
    });
  }

  static async open(options: LogFileOptions): Promise<LogFile> {
    const { destination: dest, mostWaitingBytes = 8 * MB } = options;
    if (dest !== 1) checkWritable(dest);
    const file: unknown = pino.destination({
      dest,
      sync: false,
      contentMode: 'buffer',
      minLength: 49_152,
      maxWrite: 65_536,
      maxLength: mostWaitingBytes,
      periodicFlush: 500,
    });
    const log = new LogFile(file as Destination, options);
    const isReady = new Promise((resolve) => log.#destination.once('ready', resolve));
    await isReady;
    return log;
  }

  write(line: string): void {
    if (this.#isBroken || this.#isClosed) this.lostLines += 1;
    else this.#destination.write(Buffer.from(line));
  }

  reopen(): void {
    if (this.#isFile && !this.#isClosed) this.#destination.reopen();
  }

  /** Waits for the last line, but not for ever: a full pipe must not keep the proxy from ending. */
  async close(): Promise<void> {
    if (this.#isBroken || this.#isClosed) return;
    this.#isClosed = true;
    const destination = this.#destination;
    let timer: NodeJS.Timeout | undefined;
    await new Promise<void>((resolve) => {
      timer = setTimeout(resolve, longestCloseMs);
      destination.once('close', resolve);
      destination.once('error', () => resolve());
      destination.end();
    });
    clearTimeout(timer);
    destination.destroy();
  }
}

const MB = 1_000_000;
const longestCloseMs = 5_000;

/** A proxy that cannot write its log says so at its start. */
function checkWritable(path: string): void {
  try {
    closeSync(openSync(path, 'a'));
  } catch (error) {
    const message = `${path}: the access log cannot be written (${(error as Error).message}). Name another file, or make it writable for this user.`;
    throw new FairleadError('OUTPUT_NOT_WRITABLE', message);
  }
}
