import fc from 'fast-check';

/** One way to spoil a text: where, as a share of its length, and what with. */
export interface Damage {
  readonly kind: 'cut' | 'drop' | 'replace' | 'insert' | 'double';
  readonly at: number;
  readonly length: number;
  readonly text: string;
}

export function anyDamage(pieces: readonly string[]): fc.Arbitrary<Damage> {
  return fc.record({
    kind: fc.constantFrom('cut', 'drop', 'replace', 'insert', 'double'),
    at: fc.double({ min: 0, max: 1, noNaN: true }),
    length: fc.integer({ min: 1, max: 40 }),
    text: fc.oneof(fc.constantFrom(...pieces), fc.string({ unit: 'binary', maxLength: 8 })),
  });
}

export function damaged(text: string, damages: readonly Damage[]): string {
  return damages.reduce(spoil, text);
}

function spoil(text: string, { kind, at, length, text: piece }: Damage): string {
  const from = Math.floor(at * text.length);
  const [before, after] = [text.slice(0, from), text.slice(from)];
  const rest = {
    cut: '',
    drop: after.slice(length),
    replace: piece + after.slice(length),
    insert: piece + after,
    double: after.slice(0, length) + after,
  };
  return before + rest[kind];
}
