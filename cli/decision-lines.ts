import { createReadStream } from 'node:fs';
import { z } from 'zod';
import { FairleadError } from '../core/errors.ts';
import type { DecisionEntry } from '../gateway/decision-log/entry.ts';
import { readEntry } from '../gateway/decision-log/read-entry.ts';
import { fleetGroupSchema } from '../scenarios/schema.ts';
import { decisionFormat, decisionSchemaVersion } from './decision-file.ts';
import type { BrainSetup } from './proxy-brain.ts';
import { vocabulary } from './vocabulary.ts';

export type DecisionLine = { readonly number: number } & (
  | { readonly kind: 'head'; readonly version: string }
  | { readonly kind: 'brain'; readonly gateway: number; readonly setup: BrainSetup }
  | { readonly kind: 'entry'; readonly gateway: number; readonly entry: DecisionEntry }
  | { readonly kind: 'end' }
  /** The process was killed while it wrote this one. */
  | { readonly kind: 'torn' }
);

/** Every line of a decision log; throws a coded error that names the first one that is damaged. */
export async function* readDecisions(path: string): AsyncGenerator<DecisionLine> {
  const reader = new LineReader();
  let number = 0;
  for await (const { isWhole, text } of textLines(path)) {
    number += 1;
    if (!isWhole) {
      yield { number, kind: 'torn' };
      continue;
    }
    try {
      yield { number, ...reader.read(text, number) };
    } catch (error) {
      throw inLine(path, number, error);
    }
  }
  if (number === 0) throw inLine(path, 1, damaged('the file is empty.'));
}

/** Says where a mistake is. */
export function inLine(path: string, number: number, error: unknown): unknown {
  if (!(error instanceof FairleadError)) return error;
  return new FairleadError(error.code, `${path}:${number} ${error.message}`);
}

const headSchema = z.object({
  kind: z.literal(decisionFormat),
  schemaVersion: z.number(),
  version: z.string(),
});

const brainSchema = z.strictObject({
  strategy: z.strictObject({ name: z.string(), options: z.record(z.string(), z.unknown()) }),
  seed: z.number(),
  stream: z.string(),
  model: z.enum(vocabulary.models as [string, ...string[]]).optional(),
  fleet: z.array(fleetGroupSchema(vocabulary)).optional(),
  groups: z.array(z.string()).min(1),
});

type DistributiveOmit<T, K extends PropertyKey> = T extends unknown ? Omit<T, K> : never;

class LineReader {
  /** The number of the next entry, by gateway. */
  readonly #next = new Map<number, number>();
  #isOver = false;

  read(text: string, number: number): DistributiveOmit<DecisionLine, 'number'> {
    if (this.#isOver) throw damaged('there is something after the end of the log.');
    const value = parse(text);
    if (number === 1) return head(value);
    if (!Array.isArray(value)) throw damaged('this is not an entry of a decision log.');
    const [gateway, serial, ...fields] = value as [number, number, ...unknown[]];
    if ((gateway as unknown) === 'end') {
      if (serial !== number - 1) throw damaged(`${serial - number + 1} lines before are missing.`);
      this.#isOver = true;
      return { kind: 'end' };
    }
    const expected = this.#next.get(gateway) ?? 0;
    if (serial !== expected) {
      throw damaged(`entry ${expected} of gateway ${gateway} should be here, not ${serial}.`);
    }
    this.#next.set(gateway, serial + 1);
    if (serial > 0) return { kind: 'entry', gateway, entry: readEntry(fields) };
    const { data, error } = brainSchema.safeParse(fields[1]);
    if (error !== undefined)
      throw damaged(`no strategy can be made of it: ${z.prettifyError(error)}`);
    return { kind: 'brain', gateway, setup: data as BrainSetup };
  }
}

function head(value: unknown): { kind: 'head'; version: string } {
  const { data } = headSchema.safeParse(value);
  if (data === undefined) {
    throw damaged('this is no decision log. "fairlead proxy --record <file>" writes one.');
  }
  const { schemaVersion, version } = data;
  if (schemaVersion === decisionSchemaVersion) return { kind: 'head', version };
  const found = `Fairlead ${version} has written it in version ${schemaVersion} of the format`;
  throw damaged(`${found}, and this one reads ${decisionSchemaVersion}. Replay it with that one.`);
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw damaged('this is not JSON.');
  }
}

function damaged(message: string): FairleadError {
  return new FairleadError('DECISIONS_INVALID', message);
}

/** Lines as they are in the file; the last is whole only if something ends it. */
async function* textLines(path: string): AsyncGenerator<{ text: string; isWhole: boolean }> {
  let rest = '';
  try {
    for await (const chunk of createReadStream(path, { encoding: 'utf8' })) {
      const lines = (rest + chunk).split('\n');
      rest = lines.pop()!;
      for (const text of lines) yield { text, isWhole: true };
    }
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === undefined) throw error;
    const reason = code === 'ENOENT' ? 'there is no such file' : `it could not be read (${code})`;
    throw new FairleadError('DECISIONS_UNREADABLE', `${path}: ${reason}.`);
  }
  if (rest !== '') yield { text: rest, isWhole: false };
}
