import { describe, expect, test } from 'vitest';
import { promptVocabularyOf } from '../../../scenarios/prompts/tokenizer-json.ts';

const letters = 'abcdefghijklmnopqrstuvwxyz';

/** Every word of two letters, both with and without a space before it. */
function tinyTokenizer(mark: string) {
  const pairs = [...letters].flatMap((one) => [...letters].map((other) => [one, other] as const));
  const merges = pairs.map(([one, other]) => `${one} ${other}`);
  const marked = pairs.map(([one, other]) => `${mark} ${one}${other}`);
  const tokens = [mark, ...letters, ...[...merges, ...marked].map((pair) => pair.replace(' ', ''))];
  const vocab = Object.fromEntries(tokens.map((token, id) => [token, id]).reverse());
  return { added_tokens: [{ content: '<s>' }], model: { vocab, merges: [...merges, ...marked] } };
}

describe.each(['Ġ', '▁'])('words with %s before them', (mark) => {
  test('are chosen by their ids, a power of two of them', () => {
    const { words, tokenIds, bits } = promptVocabularyOf(tinyTokenizer(mark), 'tokenizer.json');
    expect(bits).toBe(9);
    expect(words).toHaveLength(512);
    expect(words.slice(0, 3)).toEqual(['aa', 'ab', 'ac']);
    expect(tokenIds!.slice(0, 2)).toEqual([1 + 26 + 26 * 26, 1 + 26 + 26 * 26 + 1]);
  });

  test('are left out if no merge leads to them, unless merges are ignored', () => {
    const { model } = tinyTokenizer(mark);
    const unreached = model.merges.filter((pair) => !['a b', `${mark} ac`].includes(pair));
    const words = (more: object) =>
      promptVocabularyOf({ model: { ...model, merges: unreached, ...more } }, 'tokenizer.json')
        .words;
    expect(words({}).slice(0, 2)).toEqual(['aa', 'ad']);
    expect(words({ ignore_merges: true }).slice(0, 3)).toEqual(['aa', 'ab', 'ac']);
  });

  test('are left out if they hold an added token, which is cut out of any text', () => {
    const { model } = tinyTokenizer(mark);
    const json = { added_tokens: [{ content: 'b' }], model };
    expect(promptVocabularyOf(json, 'tokenizer.json').words.slice(0, 2)).toEqual(['aa', 'ac']);
  });
});

test('merges may be told as pairs', () => {
  const { model } = tinyTokenizer('Ġ');
  const merges = model.merges.map((pair) => pair.split(' '));
  const json = tinyTokenizer('Ġ');
  expect(promptVocabularyOf({ model: { ...model, merges } }, '')).toEqual(
    promptVocabularyOf(json, ''),
  );
});

test.each<[string, unknown, RegExp]>([
  ['is no tokenizer', { models: [] }, /config\.json: it is no BPE tokenizer:\n.*model/s],
  ['is of another kind', { model: { type: 'Unigram', vocab: [] } }, /no BPE tokenizer/],
  ['has no words', { model: { vocab: { a: 0 }, merges: [] } }, /only 0 of its tokens are words/],
  [
    'merges across words',
    {
      model: { ...tinyTokenizer('▁').model, merges: [...tinyTokenizer('▁').model.merges, 'ab ▁'] },
    },
    /it merges across words, such as "ab ▁"\. Leave the tokenizer out/,
  ],
])('a file that %s is refused', (_, json, message) => {
  expect(() => promptVocabularyOf(json, 'config.json')).toThrow(message);
});
