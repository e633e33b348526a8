import type { LoadSample } from '../../gateway/reported-load.ts';
import { type Engine, engines, type Gauge } from './engines.ts';
import { seriesValueAt } from './series.ts';

export type LoadFigures = Omit<LoadSample, 'sampledAtUs'>;

/**
 * Finds what a replica has to do in the text of its metrics page (Prometheus text format 0.0.4). It
 * searches the bytes for a few names and reads what stands behind them: a page of vLLM has hundreds
 * of lines, of which it needs three.
 */
export class MetricsScan {
  #engine: Needles | undefined = undefined;

  /** The engine that the last page was of. */
  get engine(): string | undefined {
    return this.#engine?.name;
  }

  /** Undefined when no engine that we know has written the page; single figures may be NaN. */
  read(page: Buffer): LoadFigures | undefined {
    const known = this.#engine;
    const figures = known === undefined ? undefined : figuresOf(page, known);
    return figures ?? this.#recognise(page);
  }

  /** The machine may have been replaced by one with another engine. */
  #recognise(page: Buffer): LoadFigures | undefined {
    for (const engine of needles) {
      const figures = engine === this.#engine ? undefined : figuresOf(page, engine);
      if (figures === undefined) continue;
      this.#engine = engine;
      return figures;
    }
    return undefined;
  }
}

interface Needles {
  readonly name: string;
  readonly waiting: readonly Needle[];
  readonly running: readonly Needle[];
  readonly kvUsage: readonly Needle[];
}

interface Needle {
  readonly name: Buffer;
  readonly label: { readonly name: Buffer; readonly value: Buffer } | undefined;
}

const needles: readonly Needles[] = engines.map(
  ({ kvUsage, name, running, waiting }: Engine): Needles => ({
    name,
    waiting: waiting.map(needleOf),
    running: running.map(needleOf),
    kvUsage: kvUsage.map(needleOf),
  }),
);

function needleOf({ label, name }: Gauge): Needle {
  const labelBytes = label && { name: Buffer.from(label.name), value: Buffer.from(label.value) };
  return { name: Buffer.from(name), label: labelBytes };
}

function figuresOf(page: Buffer, { kvUsage, running, waiting }: Needles): LoadFigures | undefined {
  const figures = {
    waiting: firstOf(page, waiting, 'sum'),
    running: firstOf(page, running, 'sum'),
    kvUsage: firstOf(page, kvUsage, 'mean'),
  };
  const isSilent =
    Number.isNaN(figures.waiting) && Number.isNaN(figures.running) && Number.isNaN(figures.kvUsage);
  return isSilent ? undefined : figures;
}

type Over = 'sum' | 'mean';

function firstOf(page: Buffer, gauges: readonly Needle[], over: Over): number {
  for (const gauge of gauges) {
    const value = gaugeOf(page, gauge, over);
    if (!Number.isNaN(value)) return value;
  }
  return Number.NaN;
}

/** Over the engines behind one server, each of which has a series; NaN where one of them is. */
function gaugeOf(page: Buffer, { label, name }: Needle, over: Over): number {
  let sum = 0;
  let series = 0;
  let at = page.indexOf(name);
  while (at >= 0) {
    const after = at + name.length;
    const value = beginsLine(page, at) ? seriesValueAt(page, after, label) : undefined;
    if (value !== undefined) {
      sum += value;
      series += 1;
    }
    at = page.indexOf(name, after);
  }
  if (series === 0) return Number.NaN;
  return credible(over === 'sum' ? sum : sum / series);
}

const space = 32;
const tab = 9;
const lineFeed = 10;

/** Else it is in a comment, within a label, or the end of another name. */
function beginsLine(page: Buffer, at: number): boolean {
  let before = at - 1;
  while (before >= 0 && (page[before] === space || page[before] === tab)) before -= 1;
  return before < 0 || page[before] === lineFeed;
}

/** Who says less than nothing, or more than anybody has, has said nothing. */
function credible(value: number): number {
  return value >= 0 && value < Number.POSITIVE_INFINITY ? value : Number.NaN;
}
