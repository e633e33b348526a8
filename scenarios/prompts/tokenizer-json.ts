import { z } from 'zod';
import { FairleadError } from '../../core/errors.ts';
import { createPromptVocabulary, type PromptVocabulary } from './vocabulary.ts';

/** What a space before a word is written as: by byte-level tokenizers, and by SentencePiece. */
const spaceMarks = ['Ġ', '▁'];

/** Fewer would not tell texts apart within a block of the cache. */
const wordsMin = 256;

const tokenizerSchema = z.looseObject({
  added_tokens: z.array(z.looseObject({ content: z.string() })).optional(),
  model: z.looseObject({
    type: z.literal('BPE').optional(),
    vocab: z.record(z.string(), z.number()),
    merges: z.array(z.union([z.string(), z.tuple([z.string(), z.string()])])),
    ignore_merges: z.boolean().optional(),
  }),
});

/**
 * Chooses words from a `tokenizer.json` of Hugging Face. Tokenizers split before a space or never
 * merge across one, so a text of words is one token a word if each alone is; that is found out by
 * doing the merges, since not every entry of a vocabulary can be reached by them.
 */
export function promptVocabularyOf(json: unknown, file: string): PromptVocabulary {
  const { success, data, error } = tokenizerSchema.safeParse(json);
  if (!success) throw invalid(file, `it is no BPE tokenizer:\n${z.prettifyError(error)}`);
  const { vocab, merges, ignore_merges: ignoresMerges } = data.model;
  const pairs = merges.map((merge) => (typeof merge === 'string' ? merge : merge.join(' ')));
  const ranks = new Map(pairs.map((pair, rank) => [pair, rank]));
  const added = (data.added_tokens ?? []).map(({ content }) => content);
  const lettersAdded = added.filter((content) => /^[a-z]+$/.test(content));
  const isOne = (token: string) =>
    token in vocab && (ignoresMerges === true || isReached(token, ranks));
  const choose = (mark: string) =>
    Object.keys(vocab)
      .filter((token) => token.startsWith(mark) && /^[a-z]{2,}$/.test(token.slice(mark.length)))
      .map((token) => ({ token, word: token.slice(mark.length), id: vocab[token]! }))
      .filter(({ word }) => !lettersAdded.some((content) => word.includes(content)))
      .filter(({ token, word }) => isOne(token) && isOne(word))
      .sort((one, other) => one.id - other.id);
  const [ours, theirs] = spaceMarks.map((mark) => ({ mark, words: choose(mark) }));
  const { mark, words } = ours!.words.length >= theirs!.words.length ? ours! : theirs!;
  if (words.length < wordsMin) {
    throw invalid(file, `only ${words.length} of its tokens are words with a space before them.`);
  }
  const across = pairs.find((pair) => new RegExp(`[a-z] ${mark}`).test(pair));
  if (across !== undefined) throw invalid(file, `it merges across words, such as "${across}".`);
  return createPromptVocabulary(
    words.map(({ word }) => word),
    words.map(({ id }) => id),
  );
}

/** Whether byte pair encoding, applied to the characters of a token, ends in this one token. */
function isReached(token: string, ranks: ReadonlyMap<string, number>): boolean {
  const symbols = [...token];
  while (symbols.length > 1) {
    let best = Number.POSITIVE_INFINITY;
    let at = -1;
    for (let i = 0; i + 1 < symbols.length; i++) {
      const rank = ranks.get(`${symbols[i]} ${symbols[i + 1]}`) ?? Number.POSITIVE_INFINITY;
      if (rank < best) [best, at] = [rank, i];
    }
    if (at < 0) return false;
    symbols.splice(at, 2, `${symbols[at]}${symbols[at + 1]}`);
  }
  return true;
}

function invalid(file: string, found: string): FairleadError {
  return new FairleadError(
    'TOKENIZER_INVALID',
    `${file}: ${found} Leave the tokenizer out: prompts are then made of everyday words, which most ` +
      'tokenizers take as one token each.',
  );
}
