import type { Passage } from '../../core/passage.ts';
import type { TraceRow } from './trace-row.ts';

/**
 * What the prompt of a row says. Each block id is a text of its own and stays whole, whatever the
 * blocks of an engine are; of the last one, the prompt holds only a part, and shares only that.
 * A prompt without blocks is a text that nobody else says: `ownText`.
 */
export function promptPassages(row: TraceRow, ownText: number): Passage[] {
  const { promptTokens, blockTokens = promptTokens, blocks } = row;
  if (blocks === undefined) return [{ text: ownText, from: 0, tokens: promptTokens }];
  const passages = blocks.map((text, index) => {
    return { text, from: 0, tokens: Math.min(blockTokens, promptTokens - index * blockTokens) };
  });
  // Where the partial last block has no id, its text is nobody else's.
  const left = promptTokens - blocks.length * blockTokens;
  return left > 0 ? [...passages, { text: ownText, from: 0, tokens: left }] : passages;
}
