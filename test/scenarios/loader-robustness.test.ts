import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { FairleadError } from '../../core/errors.ts';
import { readScenarioText } from '../../scenarios/library.ts';
import { anyDamage, damaged } from '../support/damage.ts';
import { loadScenario } from '../support/scenarios.ts';

const { text: azureChat } = readScenarioText('azure-chat');
const lines = azureChat.split('\n');

/** Loads, or complains with a file and a line on every line. */
function loadsOrComplains(text: string): void {
  try {
    const scenario = loadScenario(text, 'chat.yaml');
    expect(Object.isFrozen(scenario)).toBe(true);
  } catch (error) {
    expect(error).toBeInstanceOf(FairleadError);
    const { code, message } = error as FairleadError;
    expect(['SCENARIO_INVALID', 'SCENARIO_SYNTAX']).toContain(code);
    for (const line of message.split('\n')) expect(line).toMatch(/^chat\.yaml:\d+:\d+ \S/);
  }
}

describe('whatever happens to a scenario file, it loads or the user is told why', () => {
  test('when lines are lost, doubled, swapped or taken from elsewhere', () => {
    const edit = fc.record({
      kind: fc.constantFrom('drop', 'double', 'swap', 'replace', 'indent', 'outdent'),
      at: fc.nat(lines.length - 1),
      other: fc.nat(lines.length - 1),
    });
    const property = fc.property(fc.array(edit, { minLength: 1, maxLength: 3 }), (edits) => {
      const changed = [...lines];
      for (const { kind, at, other } of edits) {
        const line = changed[at] ?? '';
        if (kind === 'drop') changed.splice(at, 1);
        if (kind === 'double') changed.splice(at, 0, line);
        if (kind === 'swap') [changed[at], changed[other]] = [changed[other] ?? '', line];
        if (kind === 'replace') changed[at] = lines[other]!;
        if (kind === 'indent') changed[at] = `  ${line}`;
        if (kind === 'outdent') changed[at] = line.replace(/^ {2}/, '');
      }
      loadsOrComplains(changed.join('\n'));
    });
    fc.assert(property, { seed: 1, numRuns: 1_000 });
  });

  test('when characters are lost, doubled or replaced', () => {
    const pieces = [
      '{',
      '}',
      '[',
      ']',
      ':',
      ': ',
      ',',
      '-',
      '#',
      '&a ',
      '*a',
      '!',
      '!!set',
      '|',
      '>',
    ];
    const more = [
      '"',
      "'",
      '%',
      '@',
      '`',
      '\t',
      '\n',
      '? ',
      '<<: ',
      '~',
      '0',
      '1e999',
      '.nan',
      '---\n',
    ];
    const damages = fc.array(anyDamage([...pieces, ...more]), { minLength: 1, maxLength: 3 });
    const property = fc.property(damages, (given) => loadsOrComplains(damaged(azureChat, given)));
    fc.assert(property, { seed: 1, numRuns: 2_000 });
  });

  test('when a value is replaced by one of another kind', () => {
    const values = ['0', '-1', '1e999', '.nan', 'true', '~', '[]', '{}', '""', '*a', '!!binary x'];
    const names = ['__proto__', 'constructor', 'toString', '2001-01-01', '0x10', '!!js/function x'];
    const value = fc.constantFrom(...values, ...names);
    const places = [...azureChat.matchAll(/: (?!\{|$)([^,}\n]+)/g)].map(({ index }) => index);
    const property = fc.property(fc.constantFrom(...places), value, (place, given) => {
      const rest = azureChat.slice(place).replace(/^: [^,}\n]+/, () => `: ${given}`);
      loadsOrComplains(azureChat.slice(0, place) + rest);
    });
    fc.assert(property, { seed: 1, numRuns: 1_000 });
  });
});
