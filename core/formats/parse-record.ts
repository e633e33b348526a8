import { FairleadError } from '../errors.ts';
import {
  type ColumnName,
  columnNames,
  isNumberColumn,
  outcomes,
  type RequestRecord,
} from '../request-record.ts';

/**
 * Checks one row read from a file, whatever the format: absent numbers come as null or '', and
 * columns of a newer version are ignored. `where` names the place in a message ("line 7").
 */
export function parseRecord(row: Readonly<Record<string, unknown>>, where: string): RequestRecord {
  const record: Partial<Record<ColumnName, number | string>> = {};
  for (const name of columnNames) {
    const value = row[name];
    record[name] = isNumberColumn(name) ? toNumber(value, name, where) : toText(value, name, where);
  }
  if (!outcomes.some((outcome) => outcome === record.outcome)) {
    throw invalid(where, `outcome is "${record.outcome}"; write one of ${outcomes.join(', ')}`);
  }
  return record as RequestRecord;
}

function toNumber(value: unknown, name: string, where: string): number {
  if (value === null || value === '') return Number.NaN;
  // Number(' ') is zero, and a blank is not.
  const isText = typeof value === 'string' && value.trim() !== '';
  const number = typeof value === 'bigint' || isText ? Number(value) : value;
  if (typeof number === 'number' && Number.isFinite(number)) return number;
  throw invalid(where, `${name} is ${describe(value)}; write a number`);
}

function toText(value: unknown, name: string, where: string): string {
  if (typeof value === 'string') return value;
  throw invalid(where, `${name} is ${describe(value)}; write a text`);
}

function describe(value: unknown): string {
  if (value === undefined) return 'missing';
  return typeof value === 'bigint' ? String(value) : JSON.stringify(value);
}

function invalid(where: string, what: string): FairleadError {
  return new FairleadError('RECORDS_INVALID', `${where}: ${what}.`);
}
