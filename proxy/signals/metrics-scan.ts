import type { LoadSample } from '../../gateway/reported-load.ts';
import { type Engine, engines, type Gauge } from './engines.ts';
import { seriesValueAt } from './series.ts';

export type LoadFigures = Omit<LoadSample, 'sampledAtUs'>;

/** One scan in so many looks at the whole page. */
const wholeEvery = 16;

/**
 * Finds what a replica has to do in the text of its metrics page (Prometheus text format 0.0.4). It
 * searches the bytes for a few names and reads what stands behind them: a page of vLLM has hundreds
 * of lines, of which it needs three.
 *
 * All series of a name stand together, says the format, and the search for more of them in the rest
 * of a page would be most of the work. Where a page has them apart all the same, as one that is
 * pasted together of several has, that is seen at the first scan of it, and later ones look
 * everywhere.
 */
export class MetricsScan {
  #engine: Needles | undefined = undefined;
  #scans = 0;
  #isScattered = false;

  /** The engine that the last page was of. */
  get engine(): string | undefined {
    return this.#engine?.name;
  }

  /** Undefined when no engine that we know has written the page; single figures may be NaN. */
  read(page: Buffer): LoadFigures | undefined {
    const isWhole = this.#isScattered || this.#scans++ % wholeEvery === 0;
    const known = this.#engine;
    const figures = known === undefined ? undefined : this.#figures(page, known, isWhole);
    return figures ?? this.#recognise(page);
  }

  /** The machine may have been replaced by one with another engine. */
  #recognise(page: Buffer): LoadFigures | undefined {
    this.#isScattered = false;
    for (const engine of needles) {
      const figures = this.#figures(page, engine, true);
      if (figures === undefined) continue;
      this.#engine = engine;
      return figures;
    }
    return undefined;
  }

  #figures(page: Buffer, engine: Needles, isWhole: boolean): LoadFigures | undefined {
    const figures = {
      waiting: this.#first(page, engine.waiting, 'sum', isWhole),
      running: this.#first(page, engine.running, 'sum', isWhole),
      kvUsage: this.#first(page, engine.kvUsage, 'mean', isWhole),
    };
    const isSilent =
      Number.isNaN(figures.waiting) &&
      Number.isNaN(figures.running) &&
      Number.isNaN(figures.kvUsage);
    return isSilent ? undefined : figures;
  }

  #first(page: Buffer, gauges: readonly Needle[], over: Over, isWhole: boolean): number {
    for (const gauge of gauges) {
      const value = this.#value(page, gauge, over, isWhole);
      if (!Number.isNaN(value)) return value;
    }
    return Number.NaN;
  }

  /** Over the engines behind one server, each of which has a series; NaN where one of them is. */
  #value(page: Buffer, { label, name }: Needle, over: Over, isWhole: boolean): number {
    let sum = 0;
    let series = 0;
    let isApart = false;
    let at = page.indexOf(name);
    while (at >= 0) {
      const after = at + name.length;
      const value = beginsLine(page, at) ? seriesValueAt(page, after, label) : undefined;
      at = -1;
      if (value !== undefined) {
        sum += value;
        series += 1;
        if (isApart) this.#isScattered = true;
        at = nextLine(page, after, name);
        isApart = at < 0;
      }
      if (at < 0 && (isWhole || !isApart)) at = page.indexOf(name, after);
    }
    if (series === 0) return Number.NaN;
    return credible(over === 'sum' ? sum : sum / series);
  }
}

type Over = 'sum' | 'mean';

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

const space = 32;
const tab = 9;
const lineFeed = 10;

/** Else it is in a comment, within a label, or the end of another name. */
function beginsLine(page: Buffer, at: number): boolean {
  let before = at - 1;
  while (before >= 0 && (page[before] === space || page[before] === tab)) before -= 1;
  return before < 0 || page[before] === lineFeed;
}

/** The line after this one, if it begins with the name; else -1. */
function nextLine(page: Buffer, from: number, name: Buffer): number {
  const at = page.indexOf(lineFeed, from) + 1;
  const end = at + name.length;
  if (at === 0 || end > page.length) return -1;
  return page.compare(name, 0, name.length, at, end) === 0 ? at : -1;
}

/** Who says less than nothing, or more than anybody has, has said nothing. */
function credible(value: number): number {
  return value >= 0 && value < Number.POSITIVE_INFINITY ? value : Number.NaN;
}
