import type { BadRows } from './bad-rows.ts';
import { type Line, LineSplitter } from './line-splitter.ts';
import type { TraceParser, TraceTraits } from './trace-format.ts';
import type { DraftRow } from './trace-row.ts';

export interface LineParserOptions {
  readonly bad: BadRows;
  readonly traits: TraceTraits;
  readonly longestBytes?: number;
  /** Adds the rows of a line; throws `BadRow` on what it cannot read. */
  read(line: Line, rows: DraftRow[]): void;
}

const MB = 1_000_000;

/** A format of which each line stands for itself. */
export function lineParser(options: LineParserOptions): TraceParser {
  const { bad, traits, longestBytes = 8 * MB, read } = options;
  let rows: DraftRow[] = [];
  const splitter = new LineSplitter({
    longestBytes,
    onLine(line) {
      const before = rows.length;
      const whole = bad.guard(line.number, () => {
        read(line, rows);
        return true;
      });
      // A line that is half good is bad.
      if (whole === undefined) rows.length = before;
    },
    onTooLong(number) {
      const most = `${longestBytes / MB} MB`;
      bad.report(number, `longer than ${most}. Is this the right file, with its line ends?`);
    },
  });
  const taken = () => {
    const done = rows;
    rows = [];
    return done;
  };
  return {
    ...traits,
    push(bytes) {
      splitter.push(bytes);
      return taken();
    },
    end() {
      splitter.end();
      return taken();
    },
  };
}
