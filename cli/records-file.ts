import { existsSync, readFileSync } from 'node:fs';
import { FairleadError } from '../core/errors.ts';
import { readCsv, writeCsv } from '../core/formats/csv.ts';
import { readNdjson, writeNdjson } from '../core/formats/ndjson.ts';
import type { RecordLog } from '../core/record-log.ts';
import { writeFile } from './run-folder.ts';

export const recordFormats = ['ndjson', 'csv', 'parquet'] as const;
export type RecordFormat = (typeof recordFormats)[number];

/** Writes `<base>.<format>` and returns its path. */
export async function writeRecords(
  base: string,
  log: RecordLog,
  format: RecordFormat,
): Promise<string> {
  const path = `${base}.${format}`;
  if (format === 'parquet') writeFile(path, (await parquet()).writeParquet(log));
  else writeFile(path, [...(format === 'csv' ? writeCsv(log) : writeNdjson(log))].join(''));
  return path;
}

/** Reads the records in a folder, in whatever format they were kept. */
export async function readRecords(base: string): Promise<RecordLog> {
  const format = recordFormats.find((candidate) => existsSync(`${base}.${candidate}`));
  if (format === undefined) {
    const message = `${base}.*: no records here. "fairlead simulate" keeps them, "compare" does not.`;
    throw new FairleadError('RUN_NOT_FOUND', message);
  }
  const path = `${base}.${format}`;
  try {
    if (format === 'parquet') return await (await parquet()).readParquet(readFileSync(path));
    const text = readFileSync(path, 'utf8');
    return format === 'csv' ? readCsv(text) : readNdjson(text);
  } catch (error) {
    if (!(error instanceof FairleadError)) throw error;
    throw new FairleadError(error.code, `${path}: ${error.message}`);
  }
}

/** Loaded only when asked for; most commands do without. */
function parquet() {
  return import('../core/formats/parquet.ts');
}
