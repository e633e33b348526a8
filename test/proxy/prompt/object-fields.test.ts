import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { jsonBytes } from '../../../proxy/prompt/json-bytes.ts';
import { ObjectFields } from '../../../proxy/prompt/object-fields.ts';
import {
  forms,
  type Member,
  plainForm,
  texts,
  values,
  writtenObject,
} from '../../support/json-forms.ts';

const names = ['model', 'messages', 'é', 'input', 'a\nb', ''];

/** What is found in a text, parsed; undefined where the text is no object. */
function found(text: string | Buffer): Record<string, unknown> | undefined {
  const fields = new ObjectFields(names);
  const json = jsonBytes(Buffer.from(text));
  if (fields.scan(json, 0) < 0) {
    expect([...fields.from, ...fields.to].every((at) => at === -1)).toBe(true);
    return undefined;
  }
  return Object.fromEntries(
    names.flatMap((name, place) => {
      const from = fields.from[place]!;
      if (from < 0) return [];
      return [[name, JSON.parse(json.bytes.toString('utf8', from, fields.to[place]))]];
    }),
  );
}

const members: fc.Arbitrary<Member[]> = fc.array(
  fc.tuple(fc.oneof(fc.constantFrom(...names), texts), values),
  { maxLength: 8 },
);

describe('the fields of an object', () => {
  test('are what JSON.parse finds, however it is written, the last of each key', () => {
    let hits = 0;
    fc.assert(
      fc.property(members, forms, (given, form) => {
        const text = writtenObject(given, form);
        const parsed = JSON.parse(text) as Record<string, unknown>;
        const wanted = names.filter((name) => Object.hasOwn(parsed, name));
        hits += wanted.length;
        expect(found(text)).toEqual(Object.fromEntries(wanted.map((name) => [name, parsed[name]])));
      }),
      { seed: 6, numRuns: 2_000 },
    );
    expect(hits).toBeGreaterThan(2_000);
  });

  test('end where the object ends', () => {
    const fields = new ObjectFields(names);
    fc.assert(
      fc.property(members, forms, fc.nat(3), (given, form, before) => {
        const text = writtenObject(given, form);
        const json = jsonBytes(Buffer.from(`${' '.repeat(before)}${text}, {"model":1}`));
        expect(fields.scan(json, before)).toBe(before + Buffer.byteLength(text));
      }),
      { seed: 7, numRuns: 500 },
    );
  });

  test.each([
    ...['', ' ', '[]', '"model"', '12', 'null', '{', '{"model"', '{"model":', '{"model":1'],
    ...['{"model":"x}', '{"model":"x\\"}', '{model:1}', '{"model" 1}', '{"model":}', '{,}'],
    ...['{"model":1,}', '{"model":1 "input":2}', '{"model":[1}', '{"model":{"a":1}', '{"\\'],
  ])('are not known of %s', (text) => {
    expect(found(text)).toBeUndefined();
  });

  test('are never thought to be in strings, nor deeper', () => {
    const text = JSON.stringify({ a: '"model":"x"', b: { model: 'y' }, c: [{ model: 'z' }] });
    expect(found(text)).toEqual({});
  });

  test('are looked for in any bytes without an error, and the object never ends beyond them', () => {
    const fields = new ObjectFields(names);
    const edits = fc.array(fc.tuple(fc.nat(), fc.nat(255), fc.nat(2)), { maxLength: 6 });
    const signs = Buffer.from('{}[]",:\\u0 n');
    fc.assert(
      fc.property(members, edits, fc.boolean(), (given, changes, isSigns) => {
        let bytes = Buffer.from(writtenObject(given, plainForm));
        for (const [place, value, kind] of changes) {
          const at = place % (bytes.length + 1);
          const byte = isSigns ? signs[value % signs.length]! : value;
          const rest = bytes.subarray(kind === 0 ? at : at + 1);
          bytes = Buffer.concat([
            bytes.subarray(0, at),
            Buffer.from(kind === 2 ? [] : [byte]),
            rest,
          ]);
        }
        const end = fields.scan(jsonBytes(bytes), 0);
        return (
          end <= bytes.length &&
          fields.from.every((from, place) => from < 0 || fields.to[place]! > from)
        );
      }),
      { seed: 8, numRuns: 6_000 },
    );
  });

  const half = 1 << 21;
  test.each([
    ['brackets', '{"a":', '['.repeat(2 * half)],
    ['closed brackets', '{"a":', '['.repeat(half) + ']'.repeat(half)],
    ['backslashes', '{"a":"', '\\'.repeat(2 * half)],
    ['escaped quotes', '{"a":"', '\\"'.repeat(half)],
    ['far escaped quotes', '{"a":"', `${'x'.repeat(600)}\\"`.repeat(half / 300)],
    ['strings', '{"a":[', '"",'.repeat(half)],
    ['objects', '', '{"a":'.repeat(half / 2)],
    ['keys', '{', '"a":1,'.repeat(half / 3)],
    ['a long key', '{"', '\\u0061'.repeat(half / 3)],
    ['space', '{', ' '.repeat(2 * half)],
  ])('of four megabytes of %s take no longer than reading them', (_, begin, rest) => {
    const json = jsonBytes(Buffer.from(begin + rest));
    const fields = new ObjectFields(names);
    const before = process.cpuUsage();
    fields.scan(json, 0);
    // A hundred nanoseconds a byte, where they take ten at most.
    const usedMs = process.cpuUsage(before).user / 1_000;
    expect(usedMs).toBeLessThan(200 + json.bytes.length / 10_000);
  });
});
