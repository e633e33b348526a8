import { FairleadError } from '../../core/errors.ts';

/** What is wrong with one row; who knows the place turns it into an error, or skips the row. */
export class BadRow extends Error {
  override readonly name = 'BadRow';
}

const keptMessages = 10;

/** Tolerates so many bad rows and keeps the first complaints; the next one stops the reading. */
export class BadRows {
  readonly #file: string;
  readonly #allowed: number;
  readonly messages: string[] = [];
  count = 0;

  constructor(file: string, allowed: number) {
    this.#file = file;
    this.#allowed = allowed;
  }

  report(line: number, what: string): void {
    const message = `${this.#file}:${line}: ${what}`;
    if (this.count >= this.#allowed) {
      const before = this.count > 0 ? ` (after ${this.count} bad rows that skipBad allowed)` : '';
      throw new FairleadError('TRACE_INVALID', `${message}${before}`);
    }
    this.count += 1;
    if (this.messages.length < keptMessages) this.messages.push(message);
  }

  /** Passes on what `read` finds, or reports what is wrong. */
  guard<Row>(line: number, read: () => Row): Row | undefined {
    try {
      return read();
    } catch (error) {
      if (!(error instanceof BadRow)) throw error;
      this.report(line, error.message);
      return undefined;
    }
  }

  /** Stops on what no skipping of rows can mend. */
  fatal(line: number, what: string): never {
    throw new FairleadError('TRACE_INVALID', `${this.#file}:${line}: ${what}`);
  }
}

/** A value as it stands in a message: short, and with its odd characters escaped. */
export function printed(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(cut(value));
  if (typeof value !== 'object' || value === null) return String(value);
  return Array.isArray(value) ? 'a list' : 'an object';
}

/** The beginning of a line as it stands in a message. */
export function excerpt(text: string): string {
  return cut(
    text
      .slice(0, 2 * longestPrinted)
      .replaceAll(/\p{C}+/gu, ' ')
      .trim(),
  );
}

const longestPrinted = 60;

function cut(text: string): string {
  return text.length > longestPrinted ? `${text.slice(0, longestPrinted - 1)}…` : text;
}
