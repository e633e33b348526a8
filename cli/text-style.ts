import { styleText } from 'node:util';
import type { TextStyle } from '../reports/terminal-table.ts';

/** Colour only for a person: on a terminal that has some, and unless NO_COLOR says otherwise. */
export function textStyle(stream: NodeJS.WriteStream): TextStyle {
  const colour = stream.isTTY === true && stream.hasColors() && !process.env['NO_COLOR'];
  const style = (format: 'bold' | 'gray') => (text: string) =>
    colour ? styleText(format, text, { validateStream: false }) : text;
  return { colour, bold: style('bold'), grey: style('gray') };
}
