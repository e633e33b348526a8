import { suggestion } from '../../core/closest.ts';
import { BadRow, type BadRows, excerpt } from './bad-rows.ts';
import { CsvFields } from './csv-fields.ts';
import { lineParser } from './line-parser.ts';
import type { Line } from './line-splitter.ts';
import type { TraceParser, TraceTraits } from './trace-format.ts';
import type { DraftRow } from './trace-row.ts';

export interface CsvParserOptions<Column extends string> {
  readonly bad: BadRows;
  readonly traits: TraceTraits;
  readonly columns: readonly Column[];
  /** Used where the header has them; -1 where it does not. */
  readonly optional?: readonly Column[];
  row(fields: CsvFields, at: Readonly<Record<Column, number>>, line: number): DraftRow;
}

/** A format with a header line; columns may stand in any order, and others are ignored. */
export function csvParser<Column extends string>(options: CsvParserOptions<Column>): TraceParser {
  const { bad, traits, row } = options;
  const fields = new CsvFields();
  let at: Record<Column, number> | undefined;
  let width = 0;
  return lineParser({
    bad,
    traits,
    read(line, rows) {
      fields.split(line);
      if (at === undefined) {
        at = places(fields, line, options);
        width = fields.count;
        return;
      }
      if (fields.count !== width) {
        throw new BadRow(`${fields.count} fields, but the header has ${width}.`);
      }
      rows.push(row(fields, at, line.number));
    },
  });
}

function places<Column extends string>(
  fields: CsvFields,
  line: Line,
  { bad, columns, optional = [] }: CsvParserOptions<Column>,
): Record<Column, number> {
  const header = Array.from({ length: fields.count }, (_, field) => fields.text(field).trim());
  const missing = columns.find((column) => !header.includes(column));
  if (missing !== undefined) {
    const message = `no column "${missing}" in the header: ${excerpt(header.join(','))}. ${suggestion(missing, header)}`;
    bad.fatal(line.number, message);
  }
  const all = [...columns, ...optional].map((column) => [column, header.indexOf(column)]);
  return Object.fromEntries(all) as Record<Column, number>;
}
