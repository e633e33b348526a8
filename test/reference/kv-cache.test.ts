import { describe, expect, test } from 'vitest';
import { Sequence } from '../../sim/replica/sequence.ts';
import { ReferenceKvCache } from './reference-kv-cache.ts';
import { ReferenceSequence } from './reference-sequence.ts';

function cacheOf(usableBlocks: number, { freeUnhashedToFront = false } = {}): ReferenceKvCache {
  const options = { blockSize: 4, enablePrefixCaching: true, freeUnhashedToFront };
  return new ReferenceKvCache({ ...options, usableBlocks });
}

/** The beginning of a text, as a sequence. */
function beginning(text: number, tokens: number): ReferenceSequence {
  const work = new Sequence({
    promptTokens: tokens,
    outputTokens: 1,
    finish: 'length',
    priority: 0,
    adapter: 0,
    cacheSalt: 0,
    prompt: [{ text, from: 0, tokens }],
    answer: { text: 0, from: 0 },
  });
  return new ReferenceSequence(work, 0, 1_000);
}

/** Computes a whole prompt, as admission does, and returns its blocks. */
function compute(cache: ReferenceKvCache, sequence: ReferenceSequence): number[] {
  cache.touch(sequence, cache.lookup(sequence));
  expect(cache.allocate(sequence, sequence.tokens)).toBe(true);
  cache.register(sequence, sequence.tokens);
  return numbers(sequence.blocks);
}

function numbers(blocks: readonly { readonly number: number }[]): number[] {
  return blocks.map(({ number }) => number);
}

/** The blocks in the order in which they would be used next. */
function freeOrder(cache: ReferenceKvCache): number[] {
  const all = beginning(999, cache.free * 4);
  expect(cache.allocate(all, all.tokens)).toBe(true);
  return numbers(all.blocks);
}

describe('the block pool', () => {
  test('hands out blocks in order and takes a request back tail first', () => {
    const cache = cacheOf(6);
    const [first, second] = [beginning(1, 8), beginning(2, 6)];
    expect([compute(cache, first), compute(cache, second)]).toEqual([
      [1, 2],
      [3, 4],
    ]);
    cache.release(first);
    cache.release(second);
    expect(freeOrder(cache)).toEqual([5, 6, 2, 1, 4, 3]);
  });

  test('puts blocks without a hash in front of all others, if told so', () => {
    const cache = cacheOf(6, { freeUnhashedToFront: true });
    const sequence = beginning(1, 6);
    // Two blocks are reserved beyond what is known to be in them.
    compute(cache, sequence);
    cache.allocate(sequence, 10);
    cache.release(sequence);
    expect(freeOrder(cache)).toEqual([2, 3, 4, 5, 6, 1]);
  });

  test('gives nothing when it cannot give all', () => {
    const cache = cacheOf(3);
    const sequence = beginning(1, 20);
    expect(cache.allocate(sequence, 13)).toBe(false);
    expect([cache.free, cache.used, sequence.blocks]).toEqual([3, 0, []]);
    expect(cache.allocate(sequence, 12)).toBe(true);
    expect([cache.free, cache.used]).toEqual([0, 3]);
  });

  test('takes found blocks out of the middle of the free queue', () => {
    const cache = cacheOf(6);
    const first = beginning(1, 8);
    compute(cache, first);
    cache.release(first);
    const again = beginning(1, 9);
    expect(compute(cache, again)).toEqual([1, 2, 3]);
    expect(freeOrder(cache)).toEqual([4, 5, 6]);
  });

  test('counts a shared block once, and frees it with its last user', () => {
    const cache = cacheOf(6);
    const [first, second] = [beginning(1, 8), beginning(1, 9)];
    compute(cache, first);
    expect(compute(cache, second)).toEqual([1, 2, 3]);
    expect(cache.used).toBe(3);
    cache.release(first);
    expect(cache.used).toBe(3);
    cache.release(second);
    expect(cache.used).toBe(0);
    expect(freeOrder(cache)).toEqual([4, 5, 6, 3, 2, 1]);
  });
});

describe('lookup', () => {
  test('finds the block registered first of those that hold the same', () => {
    const cache = cacheOf(4);
    const [first, second] = [beginning(1, 8), beginning(1, 8)];
    expect(compute(cache, first)).toEqual([1, 2]);
    expect(compute(cache, second)).toEqual([1, 3]);
    expect(numbers(cache.lookup(beginning(1, 9)))).toEqual([1, 2]);
    cache.release(first);
    compute(cache, beginning(2, 8));
    // Block 4 and then block 2 were taken.
    expect(numbers(cache.lookup(beginning(1, 9)))).toEqual([1, 3]);
  });

  test('stops at the first block that is gone, though what follows it is still there', () => {
    const cache = cacheOf(6);
    const [first, second] = [beginning(1, 12), beginning(2, 4)];
    compute(cache, first);
    const [head] = first.blocks;
    // As if the head had been freed before its followers.
    first.blocks = first.blocks.slice(1);
    second.blocks = [head!];
    cache.release(second);
    compute(cache, beginning(3, 16));
    expect(cache.lookup(beginning(1, 13))).toEqual([]);
    expect(cache.used).toBe(6);
  });

  test('forgets a block when it is used again, and not before', () => {
    const cache = cacheOf(3);
    const first = beginning(1, 8);
    compute(cache, first);
    cache.release(first);
    compute(cache, beginning(2, 4));
    expect(numbers(cache.lookup(beginning(1, 9)))).toEqual([1, 2]);
    compute(cache, beginning(3, 4));
    expect(numbers(cache.lookup(beginning(1, 9)))).toEqual([1]);
  });

  test('never registers the same block twice, nor one that is not full', () => {
    const cache = cacheOf(3);
    const sequence = beginning(1, 7);
    compute(cache, sequence);
    cache.register(sequence, 7);
    expect(sequence.blocks.map(({ content }) => content !== undefined)).toEqual([true, false]);
    sequence.receiveToken();
    cache.register(sequence, 8);
    cache.release(sequence);
    expect(freeOrder(cache)).toEqual([3, 2, 1]);
    expect(cache.lookup(beginning(1, 9))).toEqual([]);
  });
});
