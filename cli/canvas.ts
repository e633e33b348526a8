import type { Canvas } from '../reports/traffic/canvas.ts';
import { textStyle } from './text-style.ts';

const usualWidth = 80;
const mostWidth = 160;

/** What the stream can show; block characters only for a person whose terminal has them. */
export function terminalCanvas(stream: NodeJS.WriteStream): Canvas {
  const style = textStyle(stream);
  const { LANG, LC_ALL, LC_CTYPE } = process.env;
  const isUtf8 = /utf-?8/i.test(LC_ALL || LC_CTYPE || LANG || '');
  const width = Math.min(mostWidth, Math.max(40, stream.columns ?? usualWidth));
  return { style, width, blocks: style.colour && isUtf8 };
}
