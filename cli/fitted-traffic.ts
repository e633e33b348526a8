import { FairleadError } from '../core/errors.ts';
import { formatNumber } from '../reports/format.ts';
import type { TextStyle } from '../reports/terminal-table.ts';
import { type FittedFigure, type FittedTrace, fitTrace } from '../scenarios/fit/fit-trace.ts';
import type { TraceColumns } from '../scenarios/traces/trace-columns.ts';
import { textTable } from './print-table.ts';

export interface FitArguments {
  readonly name: string;
  readonly timed: boolean;
  /** Of a trace without times, in requests per second. */
  readonly rate: number;
}

/** Fewer say little about bursts, and nothing about the tail. */
const fewestRows = 100;
const mostRows = 1_000_000;

export function fittedTraffic(
  columns: TraceColumns,
  { name, rate, timed }: FitArguments,
): FittedTrace {
  const { length } = columns;
  if (length < fewestRows || length > mostRows) {
    const message = `${name}: ${length} rows; a fit takes from ${fewestRows} to ${mostRows}. Choose others with --from and --until, or import without --fit.`;
    throw new FairleadError('TRACE_OPTIONS', message);
  }
  if (timed && columns.arrivalUs(length - 1) === columns.arrivalUs(0)) {
    const message = `${name}: all rows come at the same moment, which no process does. Import it without --fit.`;
    throw new FairleadError('TRACE_INVALID', message);
  }
  return fitTrace([...columns.rows()], { tenant: 'imitation', timed, rateRps: rate });
}

export function fitTable({ figures, notes }: FittedTrace, style: TextStyle): string {
  const rows = figures.map(({ fitted, name, trace }) => {
    return [name, formatNumber(trace), formatNumber(fitted), offBy({ fitted, name, trace })];
  });
  const lines = textTable([['', 'trace', 'fitted', 'off by'], ...rows], style).split('\n');
  return [...lines, ...notes].map((line) => `  ${line}`).join('\n');
}

export function fitComments({ figures, notes }: FittedTrace): string[] {
  const title = 'What the trace has, what this draws on average, and how far it is off:';
  return [
    title,
    ...figures.map((figure) => {
      const { fitted, name, trace } = figure;
      return `  ${name}: ${formatNumber(trace)}, ${formatNumber(fitted)}, ${offBy(figure)}`;
    }),
    ...notes,
  ];
}

function offBy({ fitted, trace }: FittedFigure): string {
  if (trace === 0) return '–';
  return `${(100 * Math.abs(fitted / trace - 1)).toFixed(1)} %`;
}
