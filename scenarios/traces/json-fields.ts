import { BadRow, excerpt, printed } from './bad-rows.ts';
import { mostTokens } from './trace-row.ts';

export type JsonObject = Readonly<Record<string, unknown>>;

const decoder = new TextDecoder('utf-8', { fatal: true });

export function parseObject(bytes: Uint8Array): JsonObject {
  let text: string;
  try {
    text = decoder.decode(bytes);
  } catch {
    throw new BadRow('this is not UTF-8 text. Save the file as UTF-8.');
  }
  try {
    const value: unknown = JSON.parse(text);
    if (isObject(value)) return value;
  } catch {
    // Said below, as for a JSON value that is not an object.
  }
  throw new BadRow(`this is not a JSON object: ${excerpt(text)}`);
}

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A time or a count that is not negative. */
export function numberIn(object: JsonObject, name: string): number {
  const value = object[name];
  if (typeof value === 'number' && value >= 0 && Number.isFinite(value)) return value;
  throw wrong(name, value, 'a number from 0');
}

export function tokensIn(object: JsonObject, name: string, min: 0 | 1): number {
  const value = object[name];
  if (typeof value === 'number' && value >= min && value <= mostTokens && Number.isInteger(value)) {
    return value;
  }
  throw wrong(name, value, `a whole number from ${min} to ${mostTokens}`);
}

export function integerIn(object: JsonObject, name: string): number | undefined {
  const value = object[name] ?? undefined;
  if (value === undefined || Number.isSafeInteger(value)) return value as number | undefined;
  throw wrong(name, value, 'a whole number');
}

/** Numbers are names, too. */
export function nameIn(object: JsonObject, name: string): string | undefined {
  const value = object[name] ?? undefined;
  if (value === undefined || typeof value === 'string') return value;
  if (typeof value === 'number' && Number.isFinite(value)) return String(value);
  throw wrong(name, value, 'a text or a number');
}

export function listIn(object: JsonObject, name: string): readonly unknown[] {
  const value = object[name];
  if (Array.isArray(value)) return value;
  throw wrong(name, value, 'a list');
}

/** Block ids; undefined where the row has none. */
export function idsIn(object: JsonObject, name: string): readonly number[] | undefined {
  if (object[name] === undefined || object[name] === null) return undefined;
  const ids = listIn(object, name);
  for (const id of ids) {
    if (!Number.isSafeInteger(id) || (id as number) < 0) {
      throw wrong(`one of ${name}`, id, 'a whole number from 0 to 2^53');
    }
  }
  return ids as readonly number[];
}

function wrong(name: string, value: unknown, wanted: string): BadRow {
  const found = value === undefined ? 'is missing' : `is ${printed(value)}`;
  return new BadRow(`${name} ${found}; write ${wanted}.`);
}
