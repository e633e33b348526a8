import { describe, expect, test } from 'vitest';
import { ReferenceRun } from '../support/reference-run.ts';

describe('a full context', () => {
  test('ends an answer, and in async its end is foreseen even if a stop token was to come', () => {
    const answers = (output: number, stop: boolean, asyncScheduling: boolean) => {
      const requests = [{ input: 20, output, stop }];
      const config = { asyncScheduling, maxModelLen: 24 };
      const { engine, generated } = new ReferenceRun({ requests, config });
      return [generated[0], engine.steps];
    };
    for (const stop of [false, true]) {
      for (const asyncScheduling of [false, true]) {
        if (stop) expect(answers(50, stop, asyncScheduling)).toEqual([4, 4]);
        // The last token fits exactly, and there is no room for a wasted one.
        expect(answers(4, stop, asyncScheduling)).toEqual([4, 4]);
      }
    }
    expect(answers(3, true, true)).toEqual([3, 4]);
  });
});

describe('a request without room for its answer', () => {
  test('is refused when it says so with max_tokens, and taken when that fits exactly', () => {
    const requests = [
      { input: 20, output: 5 },
      { input: 20, output: 4 },
      { input: 20, output: 5, stop: true },
    ];
    const run = new ReferenceRun({ requests, config: { maxModelLen: 24 } });
    expect(run.told[0]).toEqual(['error 0']);
    expect(run.generated).toEqual([0, 4, 4]);
    expect(run.engine.counters.finished).toMatchObject({ error: 1, length: 2, stop: 0 });
  });
});

describe('a prompt without room for a token', () => {
  test('is refused at once by an idle engine, and at the end of the step by a busy one', () => {
    const requests = [
      { input: 24, output: 1 },
      { atMs: 100, input: 4, output: 2 },
      { atMs: 103, input: 99, output: 1 },
      { atMs: 104, input: 23, output: 1 },
    ];
    const run = new ReferenceRun({ requests, config: { maxModelLen: 24 } });
    expect(run.told).toEqual([
      ['error 0'],
      ['first 110', 'end 120'],
      ['error 110'],
      ['first 120', 'end 120'],
    ]);
    expect(run.steps).toEqual(['2:4', '2:1 4:23']);
    expect(run.bench.sequences[0]).toMatchObject({ generated: 0, scheduledUs: Number.NaN });
  });

  test('is told after the ends of the same act, of which it may be a consequence', () => {
    const requests = [
      { input: 4, output: 1 },
      { onEndOf: 1, input: 24, output: 1 },
      { atMs: 2, input: 24, output: 1 },
    ];
    const run = new ReferenceRun({ requests, config: { maxModelLen: 24 } });
    const seen = run.bench.observations.map((o) => (o.kind === 'look' ? o : [o.kind, o.request]));
    expect(seen).toEqual([
      ['first', 0],
      ['end', 0],
      ['error', 2],
      ['error', 1],
    ]);
  });

  test('that comes while another is refused is refused at the same time', () => {
    const requests = [
      { atMs: 7, input: 24, output: 1 },
      { onEndOf: 1, input: 25, output: 1 },
      { onEndOf: 2, input: 5, output: 1 },
    ];
    const run = new ReferenceRun({ requests, config: { maxModelLen: 24 } });
    expect(run.told).toEqual([['error 7'], ['error 7'], ['first 17', 'end 17']]);
  });

  test('is told nothing when its client has gone before', () => {
    const requests = [
      { input: 4, output: 2 },
      { atMs: 2, input: 24, output: 1, abortAtMs: 3 },
    ];
    expect(new ReferenceRun({ requests, config: { maxModelLen: 24 } }).told[1]).toEqual([]);
  });
});

describe('a request whose client goes away', () => {
  test('is gone with the step in flight, whose output is lost', () => {
    const requests = [{ input: 4, output: 10, abortAtMs: 13 }];
    const run = new ReferenceRun({ requests, looksMs: [15, 20] });
    expect(run.steps).toEqual(['1:4', '1:1']);
    expect(run.told).toEqual([['first 10']]);
    expect(run.generated).toEqual([1]);
    expect(run.inEngine).toEqual([
      [1, 0, 2],
      [0, 0, 0],
    ]);
  });

  test('in async is paid for in the step after, too, but holds no block then', () => {
    const requests = [{ input: 4, output: 10, abortAtMs: 13 }];
    const config = { asyncScheduling: true };
    const run = new ReferenceRun({ requests, config, looksMs: [15, 25] });
    expect(run.steps).toEqual(['1:4', '1:1', '1:1']);
    expect(run.engine.busyUs).toBe(30_000);
    expect(run.generated).toEqual([1]);
    expect(run.inEngine).toEqual([
      [1, 0, 2],
      [0, 0, 0],
    ]);
  });

  test('makes room for others at once, whether it runs or waits', () => {
    const requests = [
      { input: 4, output: 10, abortAtMs: 13 },
      { input: 4, output: 10, abortAtMs: 4 },
      { input: 4, output: 1 },
    ];
    const run = new ReferenceRun({ requests, config: { maxNumSeqs: 1 } });
    expect(run.steps).toEqual(['1:4', '1:1', '3:4']);
    expect(run.told).toEqual([['first 10'], [], ['first 30', 'end 30']]);
  });

  test('is told nothing more, even of a token that ends it at the same time', () => {
    const requests = [
      { input: 4, output: 1, abortOnFirstTokenOf: 1 },
      { input: 4, output: 1, abortOnFirstTokenOf: 1 },
      { input: 4, output: 5, abortOnFirstTokenOf: 3 },
    ];
    const run = new ReferenceRun({ requests, looksMs: [5, 15] });
    expect(run.told).toEqual([['first 10'], [], ['first 10']]);
    expect(run.steps).toEqual(['1:4 2:4 3:4']);
    expect(run.inEngine).toEqual([
      [3, 0, 3],
      [0, 0, 0],
    ]);
  });

  test('leaves the cache behind', () => {
    const requests = [
      { text: 1, input: 12, output: 9, abortAtMs: 3 },
      { atMs: 100, text: 1, input: 13, output: 1 },
    ];
    const run = new ReferenceRun({ requests, config: { enablePrefixCaching: true } });
    expect(run.cachedTokens).toEqual([0, 12]);
  });

  test('frees its blocks in the order of going away', () => {
    const requests = [
      { text: 1, input: 4, output: 4, abortAtMs: 4 },
      { text: 2, input: 4, output: 4, abortAtMs: 3 },
      { atMs: 100, text: 3, input: 4, output: 1 },
      { atMs: 200, text: 1, input: 5, output: 1 },
      { atMs: 300, text: 2, input: 5, output: 1 },
    ];
    const config = { enablePrefixCaching: true, usableBlocks: 2, maxModelLen: 8 };
    // The block of the second request was freed first, and so is the one used again.
    expect(new ReferenceRun({ requests, config }).cachedTokens).toEqual([0, 0, 0, 4, 0]);
  });

  test('after the end changes nothing', () => {
    const requests = [{ input: 4, output: 2, abortAtMs: 25 }];
    expect(new ReferenceRun({ requests }).told).toEqual([['first 10', 'end 20']]);
  });
});
