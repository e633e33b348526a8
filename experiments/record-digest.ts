import { createHash } from 'node:crypto';
import { endianness } from 'node:os';
import type { RecordLog } from '../core/record-log.ts';
import { columnNames, isNumberColumn, type TextColumn } from '../core/request-record.ts';

/**
 * Names what happened to every request of a run: two runs have the same digest when all columns of
 * all rows are the same. It depends on neither the processor nor how the log keeps its rows, and
 * takes a fraction of the time that writing the rows down would.
 */
export function recordDigest(log: RecordLog): string {
  const hash = createHash('sha256').update(`${log.length}\n`);
  for (const name of columnNames) {
    hash.update(`${name}\n`);
    if (isNumberColumn(name)) hash.update(littleEndian(canonical(log.numbers(name))));
    else updateTexts(hash, log, name);
  }
  return hash.digest('hex').slice(0, 32);
}

/** There are many bit patterns for "not a number" and two zeros, all of which mean one thing. */
function canonical(column: Float64Array): Float64Array {
  const bits = new BigUint64Array(column.buffer);
  for (let row = 0; row < column.length; row++) {
    const value = column[row]!;
    if (Number.isNaN(value)) bits[row] = quietNan;
    else if (value === 0) bits[row] = 0n;
  }
  return column;
}

const quietNan = 0x7ff8000000000000n;

/** Numbers in the order in which the texts first come, and then the texts. */
function updateTexts(hash: ReturnType<typeof createHash>, log: RecordLog, name: TextColumn): void {
  const codes = new Map<string, number>();
  const column = new Float64Array(log.length);
  for (let row = 0; row < log.length; row++) {
    const text = log.text(name, row);
    let code = codes.get(text);
    if (code === undefined) {
      code = codes.size;
      codes.set(text, code);
    }
    column[row] = code;
  }
  hash.update(littleEndian(column)).update(JSON.stringify([...codes.keys()]));
}

function littleEndian(column: Float64Array): Buffer {
  const bytes = Buffer.from(column.buffer);
  return endianness() === 'BE' ? bytes.swap64() : bytes;
}
