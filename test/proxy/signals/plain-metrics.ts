import type { Gauge } from '../../../proxy/signals/engines.ts';
import { engines } from '../../../proxy/signals/engines.ts';
import type { LoadFigures } from '../../../proxy/signals/metrics-scan.ts';

interface Series {
  readonly name: string;
  readonly labels: ReadonlyMap<string, string>;
  readonly value: number;
}

/** What a page says of the load, read line by line as one would at first. */
export function plainFigures(page: Buffer): LoadFigures | undefined {
  const all = page.toString('latin1').split('\n').flatMap(seriesOf);
  for (const { kvUsage, running, waiting } of engines) {
    const figures = {
      waiting: first(all, waiting, (values) => total(values)),
      running: first(all, running, (values) => total(values)),
      kvUsage: first(all, kvUsage, (values) => total(values) / values.length),
    };
    if (Object.values(figures).some((figure) => !Number.isNaN(figure))) return figures;
  }
  return undefined;
}

const labelText = String.raw`[^\t\n =}{",]+[ \t]*=[ \t]*"(?:[^"\\]|\\[\s\S])*"`;
const labelsText = String.raw`\{[ \t]*(?:${labelText}(?:[ \t]*,[ \t]*${labelText})*[ \t]*,?[ \t]*)?\}`;
const line = new RegExp(
  String.raw`^[ \t]*([a-zA-Z_:][\w:]*)(?:[ \t]*(${labelsText})[ \t]*|[ \t]+)([^ \t\r]*)`,
);

function seriesOf(text: string): Series[] {
  const match = line.exec(text);
  if (match === null) return [];
  const [, name, labelled = '', value] = match;
  const labels = labelled.matchAll(/([^\t\n =}{",]+)[ \t]*=[ \t]*"((?:[^"\\]|\\[\s\S])*)"/g);
  return [
    {
      name: name!,
      labels: new Map([...labels].map((label): [string, string] => [label[1]!, label[2]!])),
      value: /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(value!) ? Number(value) : Number.NaN,
    },
  ];
}

function first(
  all: readonly Series[],
  gauges: readonly Gauge[],
  over: (values: number[]) => number,
): number {
  for (const { label, name } of gauges) {
    const values = all
      .filter((series) => series.name === name)
      .filter(({ labels }) => label === undefined || labels.get(label.name) === label.value)
      .map(({ value }) => value);
    const figure = values.length === 0 ? Number.NaN : over(values);
    if (figure >= 0 && figure < Number.POSITIVE_INFINITY) return figure;
  }
  return Number.NaN;
}

function total(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0);
}
