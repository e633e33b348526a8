import fc from 'fast-check';

/** Characters of one to four bytes, those with escapes of their own, and halves of pairs. */
const oddities = [
  '"',
  '\\',
  '/',
  '\n',
  '\t',
  '\b',
  '\u0001',
  'é',
  '€',
  '漢',
  '😀',
  '\ud800',
  '\udc00',
];

export const texts: fc.Arbitrary<string> = fc
  .array(fc.oneof(fc.string(), fc.constantFrom(...oddities), fc.constantFrom('x'.repeat(90))), {
    maxLength: 12,
  })
  .map((parts) => parts.join(''));

/** Any JSON of a few levels. */
export const values: fc.Arbitrary<unknown> = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.oneof(texts, fc.double({ noNaN: true, noDefaultInfinity: true }), fc.boolean()),
    fc.constant(null),
    fc.array(tie('value'), { maxLength: 4 }),
    fc.array(fc.tuple(texts, tie('value')), { maxLength: 4 }).map(Object.fromEntries),
  ),
})).value;

/** How a client may write the same JSON: by a list of choices that is gone through in a circle. */
export const forms: fc.Arbitrary<Form> = fc
  .array(fc.nat(), { minLength: 1, maxLength: 40 })
  .map((choices) => {
    let next = 0;
    return (most: number) => choices[next++ % choices.length]! % most;
  });

export type Form = (most: number) => number;

export const plainForm: Form = () => 0;

/** A pair of `Member`s may have the same key, which no object can. */
export type Member = readonly [key: string, value: unknown];

export function writtenObject(members: readonly Member[], form: Form): string {
  const space = () => ['', '', ' ', '\n  ', '\t\r\n'][form(5)]!;
  const written = members.map(
    ([key, value]) =>
      `${space()}${writtenText(key, form)}${space()}:${space()}${writtenValue(value, form)}${space()}`,
  );
  return `{${members.length === 0 ? space() : written.join(',')}}`;
}

function writtenValue(value: unknown, form: Form): string {
  if (typeof value === 'string') return writtenText(value, form);
  if (Array.isArray(value)) {
    return `[${value.map((item) => ` ${writtenValue(item, form)}`.slice(form(2))).join(',')}]`;
  }
  if (typeof value === 'object' && value !== null)
    return writtenObject(Object.entries(value), form);
  return JSON.stringify(value);
}

export function writtenText(text: string, form: Form): string {
  let written = '';
  for (let i = 0; i < text.length; i++) {
    const unit = text[i]!;
    const mustEscape = unit < ' ' || unit === '"' || unit === '\\' || /[\ud800-\udfff]/.test(unit);
    if (form(6) === 5 || (mustEscape && form(2) === 1)) {
      written += `\\u${text.charCodeAt(i).toString(16).padStart(4, '0')}`;
    } else {
      const pair = text.slice(i).match(/^[\ud800-\udbff][\udc00-\udfff]/)?.[0];
      if (pair !== undefined) i += 1;
      written += JSON.stringify(pair ?? unit).slice(1, -1);
    }
  }
  return `"${written}"`;
}
