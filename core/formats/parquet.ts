import { type FileMetaData, parquetMetadata, parquetReadObjects } from 'hyparquet';
import { parquetWriteBuffer } from 'hyparquet-writer';
import { FairleadError } from '../errors.ts';
import { RecordLog } from '../record-log.ts';
import { columnNames, isNumberColumn } from '../request-record.ts';
import { parseRecord } from './parse-record.ts';

/** A column store that DuckDB, pandas and Polars read as it is; absent times are nulls. */
export function writeParquet(log: RecordLog): Uint8Array {
  const rows = Array.from({ length: log.length }, (_, row) => row);
  const columnData = columnNames.map((name) =>
    isNumberColumn(name)
      ? { name, data: Array.from(log.numbers(name), orNull), type: 'DOUBLE' as const }
      : { name, data: rows.map((row) => log.text(name, row)), type: 'STRING' as const },
  );
  return new Uint8Array(parquetWriteBuffer({ columnData }));
}

/** hyparquet reads through promises only; nothing but the given bytes is touched. */
export function readParquet(bytes: Uint8Array): Promise<RecordLog> {
  // A footer that cannot be read is a rejection, too.
  const rows = Promise.resolve(new Uint8Array(bytes).buffer).then(readRows);
  return rows.then(toLog, (error: Error) => {
    throw new FairleadError('RECORDS_INVALID', `this is not a Parquet file: ${error.message}`);
  });
}

interface Part {
  readonly column: string;
  readonly rowStart: number;
  readonly rowEnd: number;
}

/**
 * A column of a group at a time: of several, the reader waits for the first that fails and leaves
 * the others to fail unheard, which ends the process.
 */
function readRows(file: ArrayBuffer): Promise<Record<string, unknown>[]> {
  const rows: Record<string, unknown>[] = [];
  const metadata = parquetMetadata(file);
  let read = Promise.resolve();
  for (const { column, rowEnd, rowStart } of partsOf(metadata)) {
    read = read
      .then(() => parquetReadObjects({ file, metadata, columns: [column], rowStart, rowEnd }))
      .then((values) => {
        for (const [index, value] of values.entries()) {
          rows[rowStart + index] ??= {};
          Object.assign(rows[rowStart + index]!, value);
        }
      });
  }
  return read.then(() => rows);
}

function partsOf({ row_groups: groups, schema }: FileMetaData): Part[] {
  const present = new Set(schema.map(({ name }) => name));
  let rowEnd = 0;
  return groups.flatMap((group) => {
    const rowStart = rowEnd;
    rowEnd += Number(group.num_rows);
    return columnNames
      .filter((column) => present.has(column))
      .map((column) => ({ column, rowStart, rowEnd }));
  });
}

function toLog(rows: readonly Record<string, unknown>[]): RecordLog {
  const log = new RecordLog();
  for (const [index, row] of rows.entries()) log.append(parseRecord(row, `row ${index + 1}`));
  return log;
}

function orNull(value: number): number | null {
  return Number.isNaN(value) ? null : value;
}
