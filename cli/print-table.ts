import type { TextStyle } from '../reports/terminal-table.ts';

/** Columns for a terminal: figures under one another on the right, words on the left. */
export function textTable(
  [head, ...rows]: readonly (readonly string[])[],
  { bold, grey }: TextStyle,
): string {
  const columns = head!.map((title, column) => {
    const cells = rows.map((row) => row[column]!);
    // A name may begin with a digit and is one all the same.
    const isFigures = column > 0 && cells.every((cell) => /^[\d–]/.test(cell));
    return { width: Math.max(title.length, ...cells.map(({ length }) => length)), isFigures };
  });
  const pad = (cells: readonly string[]) =>
    cells.map((cell, column) => {
      const { width, isFigures } = columns[column]!;
      return isFigures ? cell.padStart(width) : cell.padEnd(width);
    });
  const lines = rows.map((cells) => {
    const [name, ...rest] = pad(cells);
    return [bold(name!), ...rest].join('  ').trimEnd();
  });
  return [grey(pad(head!).join('  ').trimEnd()), ...lines].join('\n');
}
