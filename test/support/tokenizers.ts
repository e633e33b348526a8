import cl100kRanks from 'gpt-tokenizer/bpeRanks/cl100k_base';
import gpt2Ranks from 'gpt-tokenizer/bpeRanks/r50k_base';
import { encode as encodeCl100k } from 'gpt-tokenizer/encoding/cl100k_base';
import { encode as encodeO200k } from 'gpt-tokenizer/encoding/o200k_base';
import { encode as encodeGpt2 } from 'gpt-tokenizer/encoding/r50k_base';
import mistral from 'mistral-tokenizer-js';

/** A tokenizer of a real model, by an implementation that is not ours. */
export interface RealTokenizer {
  readonly name: string;
  encode(text: string): number[];
  /** Its `tokenizer.json`, as far as vocabulary and merges go. */
  json(): object;
}

/** Byte-level ones are kept as tiktoken's ranks, and converted as `transformers` does it. */
export const realTokenizers: readonly RealTokenizer[] = [
  { name: 'GPT-2', encode: encodeGpt2, json: () => fromRanks(gpt2Ranks) },
  { name: 'cl100k', encode: encodeCl100k, json: () => fromRanks(cl100kRanks) },
  { name: 'Mistral', encode: (text) => mistral.encode(text, false, true), json: fromMistral },
];

/** For counting only. */
export const moreEncoders: readonly Pick<RealTokenizer, 'name' | 'encode'>[] = [
  { name: 'o200k', encode: encodeO200k },
];

/** Ids of SentencePiece are rows, and its merges are told in order. */
function fromMistral(): object {
  const vocab = Object.fromEntries(mistral.vocabById.map((token, id) => [token, id]));
  const merges = [...mistral.merges]
    .sort(([, one], [, other]) => one - other)
    .map(([pair]) => pair);
  return { added_tokens: [{ content: '<s>' }], model: { type: 'BPE', vocab, merges } };
}

/**
 * A tiktoken rank says that a token exists, not of which two it is merged: they are what is left
 * when its characters are merged by all lower ranks. Tokens beyond ASCII make no word of ours.
 */
function fromRanks(ranks: readonly (string | readonly number[])[]): object {
  const rankOf = new Map<string, number>();
  ranks.forEach((token, rank) => {
    if (typeof token === 'string' && /^[ -~]+$/.test(token)) rankOf.set(token, rank);
  });
  const written = (token: string) => token.replaceAll(' ', 'Ġ');
  const merges: [string, string][] = [];
  for (const [token, rank] of rankOf) {
    const parts = mergedBelow(token, rank, rankOf);
    if (parts.length === 2) merges.push([written(parts[0]!), written(parts[1]!)]);
  }
  const vocab = Object.fromEntries([...rankOf].map(([token, rank]) => [written(token), rank]));
  return { model: { type: 'BPE', vocab, merges } };
}

function mergedBelow(token: string, limit: number, rankOf: ReadonlyMap<string, number>): string[] {
  const parts = [...token];
  for (;;) {
    let best = limit;
    let at = -1;
    for (let i = 0; i + 1 < parts.length; i++) {
      const rank = rankOf.get(parts[i]! + parts[i + 1]!) ?? limit;
      if (rank < best) [best, at] = [rank, i];
    }
    if (at < 0) return parts;
    parts.splice(at, 2, parts[at]! + parts[at + 1]!);
  }
}
