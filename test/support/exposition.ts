import { expect } from 'vitest';
import { groupBy } from './group-by.ts';

/** A page of metrics in the text format of Prometheus, read strictly. */
export interface Exposition {
  readonly kinds: ReadonlyMap<string, string>;
  /** Of a series, written as on the page. */
  value(series: string): number | undefined;
  /** Of all series of a name, or of those with this pair of label and value. */
  sum(name: string, pair?: string): number;
  /** The values a label has. */
  labels(label: string): string[];
  /** The labels that series of a family have, in order. */
  labelNames(family: string): string[];
}

interface Series {
  readonly family: string;
  readonly name: string;
  readonly labels: ReadonlyMap<string, string>;
  readonly value: number;
}

const sampleLine = /^([a-zA-Z_:][\w:]*)(?:\{(.*)\})? ([^ ]+)$/s;
const label = /([a-zA-Z_]\w*)="((?:[^"\\]|\\[\\n"])*)"(?:,|$)/y;

/** Fails where a scraper might stumble: https://prometheus.io/docs/instrumenting/exposition_formats */
export function exposition(page: string): Exposition {
  expect(page.endsWith('\n')).toBe(true);
  const kinds = new Map<string, string>();
  const helped = new Set<string>();
  const series = new Map<string, Series>();
  let family = '';
  for (const line of page.split('\n')) {
    if (line === '') continue;
    const [, what, name = '', rest = ''] = /^# (HELP|TYPE) (\S+) (.+)$/.exec(line) ?? [];
    if (what === 'HELP') {
      expect(helped.has(name), line).toBe(false);
      helped.add(name);
    } else if (what === 'TYPE') {
      expect([helped.has(name), kinds.has(name)], line).toEqual([true, false]);
      expect(rest).toMatch(/^(counter|gauge|histogram|summary)$/);
      kinds.set(name, rest);
      family = name;
    } else {
      expect(line).toMatch(sampleLine);
      const [, sample = '', labels = '', value = ''] = sampleLine.exec(line)!;
      const suffix = kinds.get(family) === 'histogram' ? '(_bucket|_sum|_count)' : '';
      expect(sample).toMatch(new RegExp(`^${family}${suffix}$`));
      // The figures of the process are not ours, and the lag of an event loop that is new is NaN.
      const isOurs = family.startsWith('fairlead_');
      if (isOurs || value !== 'Nan') {
        expect(value).toMatch(/^[+-]?(\d+(\.\d+)?(e[+-]?\d+)?|Inf)$/);
      }
      const key = line.slice(0, line.lastIndexOf(' '));
      expect(series.has(key), line).toBe(false);
      series.set(key, { family, name: sample, labels: labelsOf(labels), value: Number(value) });
    }
  }
  const all = [...series.values()];
  checkHistograms(all);
  return {
    kinds,
    value: (key) => series.get(key)?.value,
    sum: (name, pair = '') =>
      [...series]
        .filter(([key, { name: own }]) => own === name && key.includes(pair))
        .reduce((total, [, { value }]) => total + value, 0),
    labels: (name) => [
      ...new Set(all.flatMap(({ labels }) => (labels.has(name) ? [labels.get(name)!] : []))),
    ],
    labelNames: (name) => {
      const own = all.filter((one) => one.family === name);
      return [...new Set(own.flatMap(({ labels }) => [...labels.keys()]))].sort();
    },
  };
}

function labelsOf(text: string): Map<string, string> {
  const labels = new Map<string, string>();
  label.lastIndex = 0;
  while (label.lastIndex < text.length) {
    const from = label.lastIndex;
    const found = label.exec(text);
    expect(found, text.slice(from)).not.toBeNull();
    const [, name = '', value = ''] = found!;
    expect(labels.has(name), text).toBe(false);
    labels.set(
      name,
      value.replaceAll(/\\(.)/g, (_, char) => (char === 'n' ? '\n' : char)),
    );
  }
  return labels;
}

/** Buckets grow, and the last one has all. */
function checkHistograms(all: readonly Series[]): void {
  const buckets = groupBy(
    all.filter(({ name }) => name.endsWith('_bucket')),
    ({ family, labels }) =>
      JSON.stringify([family, ...[...labels].filter(([name]) => name !== 'le')]),
  );
  for (const [key, of] of buckets) {
    const counts = of.map(({ value }) => value);
    expect(counts, key).toEqual(counts.toSorted((a, b) => a - b));
    expect(of.at(-1)!.labels.get('le')).toBe('+Inf');
    const [family, ...labels] = JSON.parse(key);
    const count = all.find(
      (one) =>
        one.name === `${family}_count` &&
        JSON.stringify([...one.labels]) === JSON.stringify(labels),
    );
    expect(count?.value, key).toBe(counts.at(-1));
  }
}
