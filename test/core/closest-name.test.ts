import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { closestName, suggestion } from '../../core/closest.ts';
import { vocabulary } from '../support/scenarios.ts';

const strategyNames = vocabulary.strategies.map(({ name }) => name);
const keys = ['name', 'summary', 'model', 'fleet', 'traffic', 'warmup', 'duration', 'strategies'];

describe('the name that a misspelt one meant', () => {
  test('one slip of the keyboard still finds the name that was meant', () => {
    const known = fc.constantFrom(strategyNames, keys, [...vocabulary.models]);
    const slip = fc.record({
      names: known,
      pick: fc.nat(),
      at: fc.nat(),
      letter: fc.constantFrom('x', 'q', '-', '7'),
      kind: fc.constantFrom('drop', 'add', 'change', 'swap'),
    });
    const property = fc.property(slip, ({ names, pick, at, letter, kind }) => {
      const meant = names[pick % names.length]!;
      const spot = 1 + (at % (meant.length - 2));
      const [before, here, next] = [meant.slice(0, spot), meant[spot]!, meant[spot + 1]!];
      const changed = {
        drop: before + meant.slice(spot + 1),
        add: before + letter + meant.slice(spot),
        change: before + letter + meant.slice(spot + 1),
        swap: before + next + here + meant.slice(spot + 2),
      }[kind];
      fc.pre(!names.includes(changed));
      // "Llama-3.1-7B" is as near to 70B as to 8B; both would be a fair guess.
      fc.pre(!meant.startsWith('Llama') && !meant.startsWith('Qwen'));
      expect(closestName(changed, names)).toBe(meant);
    });
    fc.assert(property, { seed: 1, numRuns: 1_000 });
  });

  test.each([
    ['h200', 'H200-SXM'],
    ['L4OS', 'L40S'],
    ['rtx4090', 'RTX-4090'],
    ['a100-80gb-sxm', 'A100-80GB-SXM'],
  ])('the GPU "%s" is taken for "%s"', (given, meant) => {
    expect(closestName(given, vocabulary.gpus)).toBe(meant);
  });

  test('a name that resembles none gets the whole list instead of a wild guess', () => {
    expect(closestName('simulated-annealing', strategyNames)).toBeUndefined();
    expect(suggestion('simulated-annealing', ['random', 'round-robin'])).toBe(
      'Known: random, round-robin.',
    );
  });

  test('a near name is suggested as a question', () => {
    expect(suggestion('roundrobin', strategyNames)).toBe('Did you mean "round-robin"?');
  });

  test('several names that begin as the wrong one does are all suggested, but not too many', () => {
    expect(suggestion('h100', vocabulary.gpus)).toBe(
      'Did you mean "H100-NVL" or "H100-PCIe" or "H100-SXM"?',
    );
    expect(suggestion('RTX', vocabulary.gpus)).toBe('Did you mean "RTX-3050"?');
  });

  test('dots and dashes weigh less than letters', () => {
    expect(closestName('llama3-8b', vocabulary.models)).toBe('Llama-3.1-8B');
  });

  test('an empty name is not taken for a beginning of every name', () => {
    expect(closestName('', strategyNames)).toBeUndefined();
  });

  test('any guess is one of the known names', () => {
    const names = fc.array(fc.string(), { maxLength: 6 });
    const property = fc.property(fc.string(), names, (given, known) => {
      const guess = closestName(given, known);
      expect(guess === undefined || known.includes(guess)).toBe(true);
    });
    fc.assert(property, { seed: 1, numRuns: 1_000 });
  });
});
