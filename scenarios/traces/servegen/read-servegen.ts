import { FairleadError } from '../../../core/errors.ts';
import { BadRow, BadRows, printed } from '../bad-rows.ts';
import { CsvFields } from '../csv-fields.ts';
import { isObject, type JsonObject, parseObject } from '../json-fields.ts';
import { LineSplitter } from '../line-splitter.ts';
import { parsePythonDict } from './probability-table.ts';
import type { Activity, GapFamily, Lengths, ServeGenModel } from './servegen-model.ts';

/** Below, a window holds one burst of millions of requests, or far more likely nothing. */
const leastShape: Readonly<Record<GapFamily, number>> = { gamma: 1e-6, weibull: 0.05 };

const families: Readonly<Record<string, GapFamily>> = { Gamma: 'gamma', Weibull: 'weibull' };

/** Gathers the files of a ServeGen folder, two for a client, into the model they describe. */
export class ServeGenReader {
  readonly #name: string;
  readonly #windows = new Map<number, (Activity | undefined)[]>();
  readonly #lengths = new Map<number, Lengths[]>();
  #windowS: number | undefined;

  constructor(name: string) {
    this.#name = name;
  }

  file({ name, content }: { readonly name: string; readonly content: Uint8Array }): void {
    const match = /(?:^|\/)chunk-(\d+)-(trace\.csv|dataset\.json)$/.exec(name);
    if (match === null) return;
    const id = Number(match[1]);
    const bad = new BadRows(`${this.#name}/${name}`, 0);
    if (match[2] === 'trace.csv') this.#windows.set(id, this.#readWindows(content, bad));
    else this.#lengths.set(id, bad.guard(1, () => readLengths(content))!);
  }

  model(): ServeGenModel {
    const ids = [...this.#windows.keys()].sort((a, b) => a - b);
    const clients = ids.map((id) => {
      return { id, windows: this.#windows.get(id)!, lengths: this.#lengths.get(id) ?? [] };
    });
    if (clients.length === 0 || this.#windowS === undefined) {
      const message = `${this.#name}: there is no chunk-<client>-trace.csv in it.`;
      throw new FairleadError('TRACE_INVALID', message);
    }
    if (clients.every(({ lengths }) => lengths.every(({ input, output }) => !input || !output))) {
      const message = `${this.#name}: no client has lengths; add a chunk-<client>-dataset.json.`;
      throw new FairleadError('TRACE_INVALID', message);
    }
    return { windowS: this.#windowS, clients };
  }

  /** `t,rate,cv,pattern,shape,scale`, without a header; all clients have the same windows. */
  #readWindows(content: Uint8Array, bad: BadRows): (Activity | undefined)[] {
    const windows: (Activity | undefined)[] = [];
    const fields = new CsvFields();
    const splitter = new LineSplitter({
      longestBytes: 10_000,
      onTooLong: (line) => bad.report(line, 'the line is too long.'),
      onLine: (line) => {
        bad.guard(line.number, () => {
          fields.split(line);
          if (fields.count !== 6) throw new BadRow(`${fields.count} fields; 6 were expected.`);
          this.#checkTime(fields.number(0), windows.length);
          windows.push(readActivity(fields));
        });
      },
    });
    splitter.push(content);
    splitter.end();
    return windows;
  }

  #checkTime(timeS: number, index: number): void {
    if (index === 1) this.#windowS ??= timeS;
    const expectedS = index === 0 ? 0 : index * this.#windowS!;
    if (timeS === expectedS && (index === 0 || timeS > 0)) return;
    throw new BadRow(`the window starts at ${timeS} s, and ${expectedS} s was expected.`);
  }
}

function readActivity(fields: CsvFields): Activity | undefined {
  const rateRps = fields.number(1);
  const pattern = fields.text(3);
  const shape = fields.number(4);
  if (!Number.isFinite(rateRps)) throw new BadRow(`the rate is ${printed(fields.text(1))}.`);
  if (rateRps === 0) return undefined;
  const family = families[pattern];
  if (family === undefined) {
    throw new BadRow(`the pattern is ${printed(pattern)}; write Gamma or Weibull.`);
  }
  if (!(shape >= leastShape[family] && shape <= 1e6)) {
    throw new BadRow(`the shape of ${pattern} is ${printed(fields.text(4))}; is it right?`);
  }
  return { rateRps, family, shape };
}

/** `{"<t>": {"input_tokens": "<dictionary>", "output_tokens": …}}`. */
function readLengths(content: Uint8Array): Lengths[] {
  const object = parseObject(content);
  return Object.entries(object)
    .map(([key, tables]) => {
      const fromS = Number(key);
      if (!(fromS >= 0 && Number.isFinite(fromS))) throw new BadRow(`${printed(key)} is no time.`);
      if (!isObject(tables)) throw new BadRow(`at ${key}: ${printed(tables)} is not an object.`);
      return {
        fromS,
        input: tableIn(tables, 'input_tokens'),
        output: tableIn(tables, 'output_tokens'),
        reasonRatio: tableIn(tables, 'reason_ratio'),
      };
    })
    .sort((a, b) => a.fromS - b.fromS);
}

function tableIn(tables: JsonObject, name: string) {
  const text = tables[name] ?? '{}';
  if (typeof text !== 'string') throw new BadRow(`${name} is ${printed(text)}; write a text.`);
  return parsePythonDict(text);
}
