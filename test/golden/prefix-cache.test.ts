import { beforeAll, describe, expect, test } from 'vitest';
import type { Passage } from '../../core/passage.ts';
import { promptPassages } from '../../scenarios/traces/prompt-passages.ts';
import type { TraceRow } from '../../scenarios/traces/trace-row.ts';
import { PrefixCache } from '../../sim/replica/prefix-cache.ts';
import { Sequence } from '../../sim/replica/sequence.ts';
import { readPublicTrace } from '../support/public-traces.ts';
import { plainEngine } from '../support/reference-run.ts';
import { hasTraceData } from '../support/trace-data.ts';

// What the prefix cache of an engine finds of a public trace, one request after the other in the
// order of the file. The figures were computed from the trace by a plain program of another author.

const idTokens = 512;
const plenty = 20_000_000;

interface CacheOptions {
  readonly blockSize: number;
  readonly usableBlocks: number;
}

/** Blocks found in the cache for each of the prompts. */
function hitBlocks(prompts: readonly Passage[][], { blockSize, usableBlocks }: CacheOptions) {
  const config = { ...plainEngine, blockSize, usableBlocks, freeUnhashedToFront: true };
  const cache = new PrefixCache(config);
  return prompts.map((prompt, index) => {
    const promptTokens = prompt.reduce((sum, { tokens }) => sum + tokens, 0);
    const answer = { text: -1 - index, from: 0 };
    const plain = { outputTokens: 1, finish: 'length', priority: 0, adapter: 0, cacheSalt: 0 };
    const sequence = new Sequence({ ...plain, finish: 'length', promptTokens, prompt, answer });
    const { tokens } = cache.lookup(sequence, 0);
    cache.takeCached(sequence);
    sequence.computed = tokens;
    cache.grow(sequence, promptTokens - tokens, 0);
    sequence.computed = promptTokens;
    cache.release(sequence);
    return tokens / blockSize;
  });
}

/** Whole blocks and then one token more, so that all of them may be found. */
function promptOfWholeIds({ blocks = [] }: TraceRow, row: number): Passage[] {
  const ids = blocks.map((text) => ({ text, from: 0, tokens: idTokens }));
  return [...ids, { text: 1e9 + row, from: 0, tokens: 1 }];
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}

describe.runIf(hasTraceData).each([
  {
    file: 'mooncake/conversation_trace.jsonl.gz',
    hitTokens: 34_896_208,
    hitIds: 68_181,
    allIds: 194_284,
    bySize: { 1000: 8_575, 4000: 16_876, 16000: 49_727, 64000: 67_708 },
  },
  {
    file: 'derived/toolagent_like_DERIVED.jsonl.gz',
    hitTokens: 76_530_000,
    hitIds: 149_497,
    allIds: 289_276,
    bySize: { 1000: 89_724, 4000: 97_024, 16000: 129_362, 64000: 148_926 },
  },
])('$file', ({ file, hitTokens, hitIds, allIds, bySize }) => {
  let rows: readonly TraceRow[] = [];
  beforeAll(async () => {
    rows = (await readPublicTrace(file, { play: { dequantizeMs: 0 } })).rows;
  });

  test('a cache without end finds what is to be found, but never the last token', () => {
    const prompts = rows.map((row, index) => promptPassages(row, -1 - index));
    const blocks = hitBlocks(prompts, { blockSize: 16, usableBlocks: plenty });
    expect(16 * sum(blocks)).toBe(hitTokens);
    const ids = hitBlocks(rows.map(promptOfWholeIds), {
      blockSize: idTokens,
      usableBlocks: plenty,
    });
    expect(sum(ids)).toBe(hitIds);
    expect(sum(rows.map(({ blocks }) => blocks!.length))).toBe(allIds);
  });

  test.each(Object.entries(bySize))('of %d blocks, the longest unused go first', (size, found) => {
    // One block more, for the token that follows.
    const usableBlocks = Number(size) + 1;
    expect(sum(hitBlocks(rows.map(promptOfWholeIds), { blockSize: idTokens, usableBlocks }))).toBe(
      found,
    );
  });
});
