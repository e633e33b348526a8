import type { ValidationRow } from './validation-row.ts';

/** For people; every row that fails is marked at its beginning. */
export function validationTable(rows: readonly ValidationRow[]): string {
  const lines = rows.flatMap((row) => {
    const mark = row.ok ? 'ok  ' : 'FAIL';
    const value = `${row.value.toFixed(2).padStart(7)} %`;
    const limit = `limit ${String(row.limit).padStart(2)} %`;
    return [
      `${mark} ${value}  ${limit}  ${row.name}${allRows(row)}${figures(row)}`,
      ...Object.entries(row.items ?? {}).map(
        ([name, error]) => `     ${error.toFixed(2).padStart(7)} %             ${name}`,
      ),
    ];
  });
  const failed = rows.filter(({ ok }) => !ok).length;
  return `${lines.join('\n')}\n${rows.length - failed} of ${rows.length} within their limits.\n`;
}

function allRows({ allRows }: ValidationRow): string {
  return allRows === undefined ? '' : ` (with cached rows ${allRows.toFixed(2)} %)`;
}

function figures({ measured, published }: ValidationRow): string {
  if (measured === undefined) return '';
  const text = (value: number) => value.toPrecision(3);
  return published === undefined
    ? ` (${text(measured)} times)`
    : ` (${text(measured)}, published ${text(published)})`;
}
