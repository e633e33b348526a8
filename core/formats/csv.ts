import { FairleadError } from '../errors.ts';
import { RecordLog } from '../record-log.ts';
import { columnNames } from '../request-record.ts';
import { parseRecord } from './parse-record.ts';

/** RFC 4180 with a header row; an absent time is an empty field. */
export function* writeCsv(log: RecordLog): Generator<string> {
  yield `${columnNames.join(',')}\n`;
  for (let row = 0; row < log.length; row++) {
    const fields = columnNames.map((name) => {
      const value = log.value(name, row);
      if (typeof value === 'string') return quoteIfNeeded(value);
      return Number.isNaN(value) ? '' : String(value);
    });
    yield `${fields.join(',')}\n`;
  }
}

export function readCsv(text: string): RecordLog {
  // Spreadsheets put a byte order mark in front.
  const lines = splitRows(text.replace(/^\uFEFF/, ''));
  const first = lines.next();
  const header = first.done ? [] : first.value.fields;
  const missing = columnNames.filter((name) => !header.includes(name));
  if (missing.length > 0) {
    throw new FairleadError('RECORDS_INVALID', `line 1: no column ${missing.join(', ')}.`);
  }
  const log = new RecordLog();
  for (const { fields, line } of lines) {
    if (fields.length !== header.length) {
      const message = `line ${line}: ${fields.length} fields, but the header has ${header.length}.`;
      throw new FairleadError('RECORDS_INVALID', message);
    }
    const row = Object.fromEntries(header.map((name, index) => [name, fields[index]]));
    log.append(parseRecord(row, `line ${line}`));
  }
  return log;
}

function quoteIfNeeded(text: string): string {
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** A field is either quoted, with "" for a quote, or runs to the next comma or line end. */
function* splitRows(text: string): Generator<{ fields: string[]; line: number }, void> {
  const field = /(?:"([^"]*(?:""[^"]*)*)"|([^",\r\n]*))(,|\r?\n|$)/y;
  let line = 1;
  while (field.lastIndex < text.length) {
    const start = line;
    const fields: string[] = [];
    let separator = ',';
    while (separator === ',') {
      const match = field.exec(text);
      if (match === null) {
        throw new FairleadError('RECORDS_INVALID', `line ${line}: a quote is not closed.`);
      }
      fields.push(match[1]?.replaceAll('""', '"') ?? match[2]!);
      line += match[0].split('\n').length - 1;
      separator = match[3]!;
    }
    yield { fields, line: start };
  }
}
