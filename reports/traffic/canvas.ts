import type { TextStyle } from '../terminal-table.ts';

/** What a terminal can show. */
export interface Canvas {
  readonly style: TextStyle;
  /** Columns of text. */
  readonly width: number;
  /** Whether it draws eighths of a character, or only plain ASCII. */
  readonly blocks: boolean;
}

const levels = ' ▁▂▃▄▅▆▇█';
const lengths = ['', '▏', '▎', '▍', '▌', '▋', '▊', '▉'];

/** The part of a column that falls into a row of text; `height` is counted in rows. */
export function columnCell(height: number, row: number, { blocks }: Canvas): string {
  const filled = Math.min(1, Math.max(0, height - row));
  if (blocks) return levels[Math.round(filled * 8)]!;
  return filled >= 0.75 ? '#' : filled >= 0.25 ? ':' : filled > 0 && row === 0 ? '.' : ' ';
}

/** A bar to the right, so many characters long. */
export function bar(length: number, { blocks }: Canvas): string {
  if (!blocks) return length > 0 && length < 0.5 ? '.' : '#'.repeat(Math.round(length));
  const eighths = Math.max(length > 0 ? 1 : 0, Math.round(length * 8));
  return '█'.repeat(Math.floor(eighths / 8)) + lengths[eighths % 8]!;
}
