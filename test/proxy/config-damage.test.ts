import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { anyDamage, damaged } from '../support/damage.ts';
import { configProblem, exampleText } from './support/configs.ts';
import { setupOf } from './support/proxy.ts';

describe('whatever happens to a configuration, it loads or there is a complaint with a place', () => {
  const lines = exampleText.split('\n');

  test('when lines are lost, doubled, swapped or taken from elsewhere', () => {
    const edit = fc.record({
      kind: fc.constantFrom('drop', 'double', 'replace', 'indent', 'outdent'),
      at: fc.nat(lines.length - 1),
      other: fc.nat(lines.length - 1),
    });
    const property = fc.property(fc.array(edit, { minLength: 1, maxLength: 3 }), (edits) => {
      const changed = [...lines];
      for (const { kind, at, other } of edits) {
        const line = changed[at] ?? '';
        if (kind === 'drop') changed.splice(at, 1);
        if (kind === 'double') changed.splice(at, 0, line);
        if (kind === 'replace') changed[at] = lines[other]!;
        if (kind === 'indent') changed[at] = `  ${line}`;
        if (kind === 'outdent') changed[at] = line.replace(/^ {2}/, '');
      }
      loadsOrComplains(changed.join('\n'));
    });
    fc.assert(property, { seed: 1, numRuns: 200 });
  });

  test('when characters are lost, doubled or replaced', () => {
    const pieces = [
      '{',
      '}',
      '[',
      ']',
      ': ',
      ',',
      '- ',
      '#',
      '&a ',
      '*a',
      '!!set ',
      '|',
      '"',
      '\t',
    ];
    const more = ['\n', '? ', '<<: ', '~', '1e999', '.nan', '---\n', '__proto__', 'http://[', '%'];
    const damages = fc.array(anyDamage([...pieces, ...more]), { minLength: 1, maxLength: 3 });
    const property = fc.property(damages, (given) => loadsOrComplains(damaged(exampleText, given)));
    fc.assert(property, { seed: 2, numRuns: 400 });
  });

  test('when a value is replaced by one of another kind', () => {
    const values = [
      '0',
      '-1',
      '1e999',
      '.nan',
      'true',
      '~',
      '[]',
      '{}',
      '""',
      'http://a',
      'toString',
    ];
    const places = [...exampleText.matchAll(/: (?!\{|$)([^,}\n]+)/g)].map(({ index }) => index);
    const property = fc.property(
      fc.constantFrom(...places),
      fc.constantFrom(
        ...values,
        '__proto__',
        '2001-01-01',
        'https://user:pw@a/?b#c',
        'http://[::1]',
      ),
      (place, given) => {
        const rest = exampleText.slice(place).replace(/^: [^,}\n]+/, () => `: ${given}`);
        loadsOrComplains(exampleText.slice(0, place) + rest);
      },
    );
    fc.assert(property, { seed: 3, numRuns: 200 });
  });
});

function loadsOrComplains(text: string): void {
  // Whatever is no error of ours is thrown on, and fails the test.
  const problem = configProblem(text);
  if (problem === undefined) {
    setupOf(parse(text, { merge: true, logLevel: 'error' }));
    return;
  }
  expect(problem.code).toMatch(/^(CONFIG_(INVALID|SYNTAX)|ENGINE_UNSUPPORTED|MODEL_DOES_NOT_FIT)$/);
  for (const line of problem.message.split('\n')) {
    expect(line).toMatch(/^fairlead\.yaml:\d+:\d+ \S/);
    expect(line).not.toMatch(/Known: \.|undefined|\[object|Invalid /);
  }
}
