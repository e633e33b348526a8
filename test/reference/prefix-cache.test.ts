import { describe, expect, test } from 'vitest';
import { ReferenceRun } from '../support/reference-run.ts';

const cached = { enablePrefixCaching: true };

describe('a prefix', () => {
  test('is found in full blocks only, and never to the last token', () => {
    const config = { ...cached, blockSize: 16 };
    const hits = (input: number) => {
      const second = { atMs: 100, text: 1, input, output: 1 };
      const requests = [{ text: 1, input: 60, output: 1 }, second];
      return new ReferenceRun({ requests, config }).cachedTokens[1];
    };
    expect([15, 16, 17, 31, 32, 33, 48, 49].map(hits)).toEqual([0, 0, 16, 16, 16, 32, 32, 48]);
  });

  test('of a multiple of the block is computed again in its last block', () => {
    const config = { ...cached, blockSize: 16 };
    const requests = [0, 100].map((atMs) => ({ atMs, text: 1, input: 32, output: 1 }));
    expect(new ReferenceRun({ requests, config }).steps).toEqual(['1:32', '2:16']);
  });

  test('is found by the next one of the same step, before it is computed', () => {
    const requests = [1, 2].map(() => ({ text: 1, input: 9, output: 1 }));
    const run = new ReferenceRun({ requests, config: cached, looksMs: [5] });
    expect(run.steps).toEqual(['1:9 2:1']);
    // Two shared blocks and one for each.
    expect(run.inEngine).toEqual([[2, 0, 4]]);
  });

  test('is found as far as a prompt that is still being computed has come', () => {
    const requests = [
      { text: 1, input: 20, output: 1 },
      { atMs: 5, text: 1, input: 20, output: 1 },
    ];
    const config = { ...cached, maxNumBatchedTokens: 10 };
    // In step 2 the first one gets to token 20, so all its five blocks are filled or being so.
    const run = new ReferenceRun({ requests, config });
    expect(run.steps).toEqual(['1:10', '1:10', '2:4']);
    const shorter = new ReferenceRun({ requests, config: { ...config, maxNumBatchedTokens: 12 } });
    expect(shorter.steps).toEqual(['1:12', '1:8 2:4']);
  });

  test.each([false, true])('includes generated tokens (async: %s)', (asyncScheduling) => {
    const hits = (output: number, stop: boolean) => {
      const requests = [
        { text: 1, answer: { text: 1, from: 5 }, input: 5, output, stop },
        { atMs: 500, text: 1, input: 40, output: 1 },
      ];
      return new ReferenceRun({ requests, config: { ...cached, asyncScheduling } }).cachedTokens[1];
    };
    // The last token is never computed: 5 + 7 tokens fill two blocks, and one more three.
    for (const stop of [false, true]) {
      expect([1, 3, 4, 7, 8, 11, 12].map((output) => hits(output, stop))).toEqual([
        4, 4, 8, 8, 12, 12, 16,
      ]);
    }
  });

  test('of generated tokens is found from the step that computes them, if that knows them', () => {
    const hits = (asyncScheduling: boolean, atMs: number) => {
      const requests = [
        { text: 1, answer: { text: 1, from: 4 }, input: 4, output: 20 },
        { atMs, text: 1, input: 9, output: 1 },
      ];
      return new ReferenceRun({ requests, config: { ...cached, asyncScheduling } }).cachedTokens[1];
    };
    // Step 5 computes token 8, which step 4 generates until 40 ms. In sync step 5 is scheduled at
    // 40 ms; in async at 30 ms, not knowing that token yet, and step 6 at 40 ms.
    expect([25, 35].map((atMs) => hits(false, atMs))).toEqual([4, 8]);
    expect([25, 35].map((atMs) => hits(true, atMs))).toEqual([4, 8]);
    const { trace } = new ReferenceRun({
      requests: [
        { text: 1, answer: { text: 1, from: 4 }, input: 4, output: 20 },
        { atMs: 25, text: 1, input: 9, output: 1 },
      ],
      config: { ...cached, asyncScheduling: true },
    });
    expect(trace[4]!.chunks.map(({ history, tokens }) => [history, tokens])).toEqual([
      [7, 1],
      [4, 5],
    ]);
  });

  test('in use costs no block, and one that is not in use does', () => {
    const config = { ...cached, usableBlocks: 6, maxModelLen: 24 };
    const both = [1, 2].map(() => ({ text: 1, input: 17, output: 1 }));
    expect(new ReferenceRun({ requests: both, config }).steps).toEqual(['1:17 2:1']);
    const requests = [
      { text: 1, input: 16, output: 1 },
      { atMs: 100, input: 5, output: 3 },
      { atMs: 101, text: 1, input: 17, output: 1 },
    ];
    // Two blocks are held and the other four are the prefix; the last token has to wait.
    const run = new ReferenceRun({ requests, config });
    expect(run.steps).toEqual(['1:16', '2:5', '2:1', '2:1', '3:1']);
  });

  test('is nobody else’s with another salt or another adapter', () => {
    const one = { text: 1, input: 9, output: 1 };
    const others = [{ salt: 7 }, { adapter: 3 }, { salt: 7, adapter: 3 }];
    const requests = [...[{}, ...others], ...[{}, ...others]].map((extra, i) => ({
      ...one,
      ...extra,
      atMs: i * 100,
    }));
    const run = new ReferenceRun({ requests, config: cached });
    expect(run.cachedTokens).toEqual([0, 0, 0, 0, 8, 8, 8, 8]);
  });

  test('is the same tokens, however they are cut into passages', () => {
    const whole = [{ text: 1, from: 3, tokens: 12 }];
    const cut = [
      { text: 1, from: 3, tokens: 5 },
      { text: 1, from: 8, tokens: 7 },
    ];
    const shifted = [{ text: 1, from: 4, tokens: 12 }];
    const requests = [whole, cut, shifted].map((prompt, i) => ({
      atMs: i * 100,
      prompt,
      input: 12,
      output: 1,
    }));
    expect(new ReferenceRun({ requests, config: cached }).cachedTokens).toEqual([0, 8, 0]);
  });

  test('survives a preemption, apart from what others took', () => {
    const requests = [
      { input: 8, output: 2 },
      { input: 8, output: 2 },
      { input: 7, output: 2 },
    ];
    const config = { ...cached, usableBlocks: 6, maxModelLen: 24 };
    const run = new ReferenceRun({ requests, config });
    // Of the two blocks of the third one both are taken: the growth of the others needs two.
    expect(run.steps).toEqual(['1:8 2:8 3:7', '1:1 2:1', '3:8']);
    const roomier = new ReferenceRun({ requests, config: { ...config, usableBlocks: 7 } });
    expect(roomier.steps).toEqual(['1:8 2:8 3:7', '1:1 2:1', '3:4']);
    expect(roomier.cachedTokens).toEqual([0, 0, 0]);
  });
});

describe('eviction', () => {
  const small = { ...cached, usableBlocks: 6, maxModelLen: 24 };

  test('takes the tail of a prompt before its head', () => {
    const requests = [
      { text: 1, input: 12, output: 1 },
      { atMs: 100, text: 2, input: 16, output: 1 },
      { atMs: 200, text: 1, input: 13, output: 1 },
    ];
    expect(new ReferenceRun({ requests, config: small }).cachedTokens).toEqual([0, 0, 8]);
  });

  test('takes first what was used longest ago', () => {
    const requests = [
      { text: 1, input: 8, output: 1 },
      { atMs: 100, text: 2, input: 8, output: 1 },
      { atMs: 200, text: 1, input: 9, output: 1 },
      { atMs: 300, text: 3, input: 12, output: 1 },
      { atMs: 400, text: 1, input: 9, output: 1 },
      { atMs: 500, text: 2, input: 9, output: 1 },
    ];
    const run = new ReferenceRun({ requests, config: small });
    expect(run.cachedTokens).toEqual([0, 0, 8, 0, 8, 0]);
  });

  test('never takes what a running sequence holds, which also keeps a shared head', () => {
    const requests = [
      { text: 1, input: 9, output: 30, stop: true },
      { atMs: 15, text: 1, input: 8, output: 1 },
      { atMs: 45, text: 2, input: 8, output: 1 },
      { atMs: 65, text: 1, input: 9, output: 1 },
    ];
    const run = new ReferenceRun({ requests, config: { ...small, usableBlocks: 7 } });
    expect(run.cachedTokens).toEqual([0, 4, 0, 8]);
  });

  test('spares the cache when blocks without a hash go to the front', () => {
    const requests = [1, 2, 3, 1].map((text, i) => ({ atMs: i * 100, text, input: 6, output: 1 }));
    const hits = (freeUnhashedToFront: boolean) => {
      const config = { ...cached, usableBlocks: 4, maxModelLen: 16, freeUnhashedToFront };
      return new ReferenceRun({ requests, config }).cachedTokens;
    };
    expect(hits(false)).toEqual([0, 0, 0, 0]);
    expect(hits(true)).toEqual([0, 0, 0, 4]);
  });

  test('of one of two equal blocks leaves the other to be found', () => {
    const requests = [
      { text: 1, input: 8, output: 1 },
      { text: 1, input: 8, output: 2 },
      { atMs: 100, text: 9, input: 8, output: 1 },
      { atMs: 200, text: 1, input: 9, output: 1 },
    ];
    const config = { ...cached, usableBlocks: 5, maxModelLen: 20 };
    const run = new ReferenceRun({ requests, config, looksMs: [5] });
    expect(run.steps[0]).toBe('1:8 2:4');
    expect(run.inEngine).toEqual([[2, 0, 3]]);
    expect(run.cachedTokens).toEqual([0, 4, 0, 8]);
  });
});

describe('the counters of the cache', () => {
  const requests = [
    { text: 1, input: 24, output: 3 },
    { text: 2, input: 20, output: 1 },
    { atMs: 100, text: 1, input: 20, output: 1 },
  ];
  const config = { ...cached, usableBlocks: 10, maxModelLen: 40 };
  const counters = (prefixQueriesCount: 'onAdmission' | 'everyAttempt') => {
    const { engine } = new ReferenceRun({ requests, config: { ...config, prefixQueriesCount } });
    return [engine.counters.prefixQueries, engine.counters.prefixHits];
  };

  test('move when a request is admitted', () => {
    expect(counters('onAdmission')).toEqual([64, 16]);
  });

  test('move in every step for a head that has to wait, in older versions', () => {
    expect(counters('everyAttempt')).toEqual([24 + 4 * 20 + 20, 16]);
  });

  test('do not move for what comes back from a preemption, nor without a cache', () => {
    const preempting = [
      { input: 8, output: 2 },
      { input: 8, output: 2 },
      { input: 7, output: 2 },
    ];
    const options = {
      usableBlocks: 7,
      maxModelLen: 24,
      prefixQueriesCount: 'everyAttempt' as const,
    };
    const { engine, preemptions } = new ReferenceRun({
      requests: preempting,
      config: { ...cached, ...options },
    });
    expect(preemptions).toEqual([0, 0, 1]);
    expect([engine.counters.prefixQueries, engine.counters.prefixHits]).toEqual([23, 0]);
    expect(
      new ReferenceRun({ requests: preempting, config: options }).engine.counters.prefixQueries,
    ).toBe(0);
  });
});
