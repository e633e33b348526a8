import { describe, expect, test } from 'vitest';
import { ReferenceRun } from '../support/reference-run.ts';

const ahead = { asyncScheduling: true };

describe('with two steps in flight', () => {
  test('an idle engine schedules both at once, and an arrival misses both', () => {
    const requests = [
      { input: 4, output: 6 },
      { atMs: 5, input: 4, output: 2 },
    ];
    const run = new ReferenceRun({ requests, config: ahead });
    expect(run.steps.slice(0, 4)).toEqual(['1:4', '1:1', '1:1 2:4', '1:1 2:1']);
    expect(run.bench.sequences[1]!.scheduledUs).toBe(10_000);
    expect(run.told[1]).toEqual(['first 30', 'end 40']);
  });

  test('an arrival during step N is first considered for step N + 2', () => {
    const requests = [
      { input: 4, output: 20 },
      { atMs: 41, input: 4, output: 1 },
      { atMs: 49, input: 4, output: 1 },
    ];
    const run = new ReferenceRun({ requests, config: ahead });
    expect(run.steps.slice(4, 8)).toEqual(['1:1', '1:1', '1:1 2:4 3:4', '1:1']);
    expect(run.told.slice(1)).toEqual([
      ['first 70', 'end 70'],
      ['first 70', 'end 70'],
    ]);
  });

  test('one that comes while an end is told is in the step scheduled then', () => {
    const requests = [
      { input: 4, output: 3 },
      { onEndOf: 1, input: 4, output: 1 },
    ];
    const run = new ReferenceRun({ requests, config: ahead });
    expect(run.steps).toEqual(['1:4', '1:1', '1:1', '2:4']);
    expect(run.told[1]).toEqual(['first 40', 'end 40']);
  });

  test('an end by length costs nothing extra, and a stop token one more slot', () => {
    const run = (stop: boolean) =>
      new ReferenceRun({ requests: [{ input: 4, output: 3, stop }], config: ahead });
    expect(run(false).steps).toEqual(['1:4', '1:1', '1:1']);
    expect(run(true).steps).toEqual(['1:4', '1:1', '1:1', '1:1']);
    expect([run(false), run(true)].map(({ engine }) => engine.busyUs)).toEqual([30_000, 40_000]);
    for (const { told } of [run(false), run(true)]) expect(told).toEqual([['first 10', 'end 30']]);
    const sync = new ReferenceRun({ requests: [{ input: 4, output: 3, stop: true }] });
    expect(sync.steps).toEqual(['1:4', '1:1', '1:1']);
  });

  test('the wasted slot takes a block if it needs one, and that is free again at the end', () => {
    const gauges = (stop: boolean) => {
      const requests = [{ input: 4, output: 1, stop }];
      return new ReferenceRun({ requests, config: ahead, looksMs: [5, 15] }).inEngine;
    };
    expect(gauges(true)).toEqual([
      [1, 0, 2],
      [0, 0, 0],
    ]);
    expect(gauges(false)).toEqual([
      [1, 0, 1],
      [0, 0, 0],
    ]);
  });

  test('a sequence whose last token is in flight keeps its place and its blocks until then', () => {
    const requests = [
      { input: 4, output: 1 },
      { atMs: 1, input: 4, output: 1 },
    ];
    const looksMs = [5, 15];
    const run = new ReferenceRun({ requests, config: { ...ahead, maxNumSeqs: 1 }, looksMs });
    expect(run.steps).toEqual(['1:4', '2:4']);
    expect(run.inEngine).toEqual([
      [1, 0, 1],
      [1, 0, 1],
    ]);
  });

  test('a sequence preempted in flight still gets its token', () => {
    const requests = [
      { input: 8, output: 2 },
      { input: 8, output: 2 },
      { input: 7, output: 2 },
    ];
    const config = { ...ahead, usableBlocks: 6, maxModelLen: 24 };
    const run = new ReferenceRun({ requests, config });
    expect(run.steps).toEqual(['1:8 2:8 3:7', '1:1 2:1', '3:8']);
    expect(run.told[2]).toEqual(['first 10', 'end 30']);
    expect(run.preemptions).toEqual([0, 0, 1]);
  });

  test('a sequence preempted in flight may end by the token it still gets', () => {
    const requests = [
      { input: 8, output: 2 },
      { input: 8, output: 2 },
      { input: 7, output: 1 },
    ];
    const config = { ...ahead, usableBlocks: 6, maxModelLen: 24 };
    const run = new ReferenceRun({ requests, config });
    expect(run.steps).toEqual(['1:8 2:8 3:7', '1:1 2:1']);
    expect(run.told[2]).toEqual(['first 10', 'end 10']);
    expect(run.preemptions).toEqual([0, 0, 1]);
  });
});
