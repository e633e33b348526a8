import { FairleadError } from '../errors.ts';
import { RecordLog } from '../record-log.ts';
import { columnNames } from '../request-record.ts';
import { parseRecord } from './parse-record.ts';

/** One JSON object a line, in pieces of a few hundred lines so that a large log can be streamed. */
export function* writeNdjson(log: RecordLog): Generator<string> {
  let piece = '';
  for (let row = 0; row < log.length; row++) {
    piece += `${ndjsonLine(log, row)}\n`;
    if (row % 512 === 511) {
      yield piece;
      piece = '';
    }
  }
  if (piece !== '') yield piece;
}

export function readNdjson(text: string): RecordLog {
  const log = new RecordLog();
  for (const [index, line] of text.split('\n').entries()) {
    if (line.trim() !== '')
      log.append(parseRecord(parseLine(line, index + 1), `line ${index + 1}`));
  }
  return log;
}

function ndjsonLine(log: RecordLog, row: number): string {
  const fields = columnNames.map((name) => {
    const value = log.value(name, row);
    return `${JSON.stringify(name)}:${JSON.stringify(Number.isNaN(value) ? null : value)}`;
  });
  return `{${fields.join(',')}}`;
}

function parseLine(line: string, number: number): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(line);
    if (typeof value === 'object' && value !== null) return value as Record<string, unknown>;
  } catch {
    // Reported below, with the line, as for a JSON value that is not an object.
  }
  throw new FairleadError('RECORDS_INVALID', `line ${number}: this is not a JSON object.`);
}
