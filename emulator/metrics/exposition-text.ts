import type { BucketHistogram } from './bucket-histogram.ts';

export type Labels = Readonly<Record<string, string>>;

/** A page in the text format of Prometheus, written from top to bottom. */
export class ExpositionText {
  #text = '';

  family(name: string, kind: 'counter' | 'gauge' | 'histogram', help: string): void {
    this.#text += `# HELP ${name} ${help}\n# TYPE ${name} ${kind}\n`;
  }

  sample(name: string, labels: Labels, value: number): void {
    this.#text += `${name}${labelText(labels)} ${numberText(value)}\n`;
  }

  histogram(name: string, labels: Labels, { bounds, counts, sum }: BucketHistogram): void {
    let count = 0;
    for (const [bucket, bound] of bounds.entries()) {
      count += counts[bucket]!;
      this.sample(`${name}_bucket`, { ...labels, le: numberText(bound) }, count);
    }
    count += counts[bounds.length]!;
    this.sample(`${name}_bucket`, { ...labels, le: '+Inf' }, count);
    this.sample(`${name}_count`, labels, count);
    this.sample(`${name}_sum`, labels, sum);
  }

  toString(): string {
    return this.#text;
  }
}

/** As Python writes them, whose clients look for "0.0" and "1.0" in the text of bounds. */
function numberText(value: number): string {
  return Number.isInteger(value) && Math.abs(value) < 1e15 ? `${value}.0` : String(value);
}

function labelText(labels: Labels): string {
  const pairs = Object.entries(labels).map(([name, value]) => `${name}="${escaped(value)}"`);
  return pairs.length === 0 ? '' : `{${pairs.join(',')}}`;
}

function escaped(value: string): string {
  return value.replace(/[\\"\n]/g, (one) => (one === '\n' ? '\\n' : `\\${one}`));
}
