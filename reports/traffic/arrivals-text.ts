import { formatDurationUs } from '../../core/time.ts';
import { formatNumber } from '../format.ts';
import { type Canvas, columnCell } from './canvas.ts';
import type { TrafficPreview } from './preview.ts';

const rows = 8;
const labelWidth = 8;

/** Requests per second over the run, the warm-up set apart. */
export function arrivalsText(preview: TrafficPreview, canvas: Canvas): string[] {
  const { all, binUs, shownUntilUs, warmupUs } = preview;
  const room = Math.max(10, canvas.width - labelWidth - 4);
  const columns = resampled(all.rps, Math.min(room, all.rps.length));
  const top = Math.max(...columns, Number.MIN_VALUE);
  const warm = Math.round(columns.length * Math.min(1, warmupUs / shownUntilUs));
  const { grey } = canvas.style;
  const lines = Array.from({ length: rows }, (_, line) => {
    const row = rows - 1 - line;
    const cells = columns.map((value) => columnCell((value / top) * rows, row, canvas));
    const drawn = grey(cells.slice(0, warm).join('')) + cells.slice(warm).join('');
    const label = line === 0 ? formatNumber(top) : '';
    return `  ${label.padStart(labelWidth)} ${canvas.blocks ? '│' : '|'}${drawn}`.trimEnd();
  });
  return [
    `  Requests/s in bins of ${formatDurationUs(binUs)}: min ${formatNumber(all.minRps)}, mean ${formatNumber(all.meanRps)}, max ${formatNumber(all.maxRps)}`,
    ...lines,
    axis(columns.length, warm, canvas),
    timeLabels(preview, { columns: columns.length, warm }),
  ];
}

/** So many means over equal times; a bin on the edge counts for both columns. */
function resampled(values: readonly number[], columns: number): number[] {
  const width = values.length / columns;
  return Array.from({ length: columns }, (_, column) => {
    const [from, until] = [column * width, (column + 1) * width];
    let sum = 0;
    for (let bin = Math.floor(from); bin < until && bin < values.length; bin++) {
      sum += values[bin]! * (Math.min(until, bin + 1) - Math.max(from, bin));
    }
    return sum / width;
  });
}

function axis(columns: number, warm: number, { blocks }: Canvas): string {
  const [corner, early, tick, late] = blocks ? ['└', '╌', '┴', '─'] : ['+', '.', '+', '-'];
  const rest = Math.max(0, columns - warm - 1);
  const line =
    warm === 0 ? late!.repeat(columns) : early!.repeat(warm) + tick! + late!.repeat(rest);
  return `  ${'0'.padStart(labelWidth)} ${corner}${line}`;
}

/** Start, end of the warm-up and end of what is shown, each at its place if there is room. */
function timeLabels(
  { shownUntilUs, untilUs, warmupUs }: TrafficPreview,
  { columns, warm }: { columns: number; warm: number },
): string {
  const end = shownUntilUs < untilUs ? 'cut' : formatDurationUs(untilUs);
  const line = Array.from({ length: columns + end.length }, () => ' ');
  const write = (at: number, text: string) => line.splice(at, text.length, ...text);
  write(0, '0s');
  if (warm >= 12) write(3, 'warm-up');
  else if (warm >= 5) write(0, 'warm');
  const measured = `${formatDurationUs(warmupUs)} measured`;
  // Where the warm-up takes next to no room, the label keeps clear of the start.
  const from = Math.max(3, warm);
  if (warm > 0 && from + measured.length + end.length + 2 < columns) write(from, measured);
  line.splice(Math.max(0, columns - end.length), Number.POSITIVE_INFINITY, ...end);
  return `  ${' '.repeat(labelWidth)}  ${line.join('')}`.trimEnd();
}
