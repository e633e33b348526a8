/** Longer words take one token for each so many characters. */
const mostCharacters = 12;
/** Digits of a number in a token. */
const mostDigits = 3;

/**
 * An estimate of what the tokenizers of today do: a token is a word with the space before it, up to
 * three digits, or signs that stand together. Everyday words are one token in them all, and
 * English as it is written comes to about 4.5 characters in a token. The id of a token is a hash
 * of its text, so that nothing has to be remembered to know that two texts begin alike.
 */
export function tokenIds(text: string, into: number[] = []): number[] {
  eachPiece(text, (from, to) => into.push(idOf(text, from, to)));
  return into;
}

/** The same as texts. */
export function tokenTexts(text: string): string[] {
  const texts: string[] = [];
  eachPiece(text, (from, to) => texts.push(text.slice(from, to)));
  return texts;
}

export function tokenId(piece: string): number {
  return idOf(piece, 0, piece.length);
}

type Kind = 'space' | 'word' | 'number' | 'signs';

function eachPiece(text: string, onPiece: (from: number, to: number) => void): void {
  let at = 0;
  while (at < text.length) {
    const from = at;
    if (text.charCodeAt(at) === 32 && at + 1 < text.length) at += 1;
    const kind = kindOf(text.charCodeAt(at));
    const most = from + (kind === 'number' ? mostDigits : mostCharacters) + (at - from);
    at += 1;
    while (at < text.length && at < most && kindOf(text.charCodeAt(at)) === kind) {
      // The space before a word belongs to the word.
      if (kind === 'space' && kindOf(text.charCodeAt(at + 1)) !== 'space') break;
      at += 1;
    }
    onPiece(from, at);
  }
}

function kindOf(code: number): Kind {
  if ((code >= 97 && code <= 122) || (code >= 65 && code <= 90) || code >= 128) return 'word';
  if (code >= 48 && code <= 57) return 'number';
  // Behind the end of a text, too.
  return code <= 32 ? 'space' : 'signs';
}

/** FNV-1a, in 31 bits: ids are not negative. */
function idOf(text: string, from: number, to: number): number {
  let hash = 0x811c9dc5;
  for (let at = from; at < to; at++) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
  return (hash ^ (hash >>> 16)) & 0x7fffffff;
}
