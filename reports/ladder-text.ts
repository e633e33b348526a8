import { formatChange, formatNumber } from './format.ts';
import type { Ladder, LadderStrategy } from './ladder.ts';

/** "load 0.91", "24.5 requests/s"; of several what stands between them comes with it. */
export function placeText(axis: Ladder['axis'], ...values: readonly (number | string)[]): string {
  const text = values.map((one) => (typeof one === 'number' ? figureText(one) : one)).join(' ');
  return axis === 'load' ? `load ${text}` : `${text} requests/s`;
}

/** The unit as the head of a column or an axis. */
export function axisText(axis: Ladder['axis']): string {
  return axis === 'load' ? 'load' : 'requests/s';
}

/** "breaks ttft.p99 < 2s", as what a strategy does just above its knee. */
export function breaksText([first]: LadderStrategy['breaks']): string {
  if (first === undefined) return 'breaks nothing';
  return first.what === fallsBehind ? fallsBehind : `breaks ${first.what}`;
}

/** In place of an objective, where a fleet misses none and still does not keep up. */
export const fallsBehind = 'falls behind';

/** Highest knee first; those without one by where the ladder cuts them off. */
export function byKnee({ from, strategies }: Pick<Ladder, 'from' | 'strategies'>) {
  const meanOf = ({ knee }: LadderStrategy) =>
    knee.perSeed.reduce<number>((sum, value) => sum + (value ?? from), 0) / knee.perSeed.length;
  return [...strategies].sort((a, b) => {
    const difference = meanOf(b) - meanOf(a) || a.knee.seedsBelow - b.knee.seedsBelow;
    return difference || (a.name < b.name ? -1 : 1);
  });
}

/** Cells of the table that terminal, Markdown and page have in common. */
export interface KneeRow {
  readonly name: string;
  readonly standing: LadderStrategy['standing'];
  readonly knee: string;
  readonly interval: string;
  readonly versusBest: string;
  readonly breaks: string;
}

export function kneeRows(ladder: Ladder): KneeRow[] {
  return byKnee(ladder).map((strategy) => {
    const { breaks, knee, name, standing, versusBest } = strategy;
    const { interval } = knee;
    const seeds = knee.perSeed.length;
    return {
      ...{ name, standing },
      knee: kneeText(strategy, ladder),
      interval: interval ? `${figureText(interval.low)} – ${figureText(interval.high)}` : '–',
      versusBest: versusBest === null ? '' : formatChange('goodputRps', versusBest),
      breaks: breaks.map(({ seeds: in_, what }) => `${what} (${in_} of ${seeds})`).join(', '),
    };
  });
}

/** "0.91", or on which side of the ladder it is. */
function kneeText({ knee }: LadderStrategy, { from, to }: Pick<Ladder, 'from' | 'to'>): string {
  if (knee.mean !== null) return figureText(knee.mean);
  const seeds = knee.perSeed.length;
  const sides = [
    ...(knee.seedsBelow > 0 ? [`below ${figureText(from)} in ${knee.seedsBelow}`] : []),
    ...(knee.seedsAbove > 0 ? [`above ${figureText(to)} in ${knee.seedsAbove}`] : []),
  ];
  return `${sides.join(', ')} of ${seeds} seeds`;
}

/** Steps of 1 % are seen in three digits. */
function figureText(value: number): string {
  return value < 10 ? value.toPrecision(3) : formatNumber(value);
}
