import { describe, expect, test } from 'vitest';
import { ReferenceRun } from '../support/reference-run.ts';

describe('by priority', () => {
  test('the lowest number goes first, and among equals whoever came first', () => {
    const requests = [
      { input: 4, output: 1, priority: 2 },
      { input: 4, output: 1, priority: 1 },
      { input: 4, output: 1, priority: 2 },
      { input: 4, output: 1, priority: -1 },
    ];
    const run = new ReferenceRun({ requests, config: { schedulingPolicy: 'priority' } });
    expect(run.steps).toEqual(['4:4 2:4 1:4 3:4']);
    expect(new ReferenceRun({ requests }).steps).toEqual(['1:4 2:4 3:4 4:4']);
  });

  test('a victim that is already in the step gives its tokens back', () => {
    const requests = [
      { input: 20, output: 1, priority: 9 },
      { atMs: 5, input: 3, output: 3, priority: 1 },
      { atMs: 5, input: 12, output: 1, priority: 2 },
    ];
    const config = {
      schedulingPolicy: 'priority' as const,
      usableBlocks: 6,
      maxModelLen: 24,
      maxNumBatchedTokens: 8,
      longPrefillTokenThreshold: 4,
      reserveFullIsl: false,
    };
    const run = new ReferenceRun({ requests, config });
    expect(run.steps).toEqual([
      '1:4',
      '1:4 2:3 3:1',
      '1:4 2:1 3:3',
      // The second needs a block: the first one, with 4 tokens in this step, has to leave it.
      '2:1 3:4',
      '3:4 1:4',
      ...['1:4', '1:4', '1:4', '1:4'],
    ]);
    expect(run.preemptions).toEqual([1, 0, 0]);
  });

  test('a victim of its own growth stops the step, and the next one begins at once', () => {
    const requests = [
      { input: 7, output: 3, priority: 5 },
      { atMs: 5, input: 5, output: 3, priority: 1 },
    ];
    const config = { schedulingPolicy: 'priority' as const, usableBlocks: 4, maxModelLen: 16 };
    const run = new ReferenceRun({ requests, config });
    expect(run.steps).toEqual(['1:7', '1:1 2:5', '2:1', '2:1', '1:9']);
    expect(run.told).toEqual([
      ['first 10', 'end 50'],
      ['first 20', 'end 40'],
    ]);
    expect(run.engine.busyUs).toBe(50_000);
  });

  test('a preempted one has no right of way over a more urgent arrival', () => {
    const requests = [
      { input: 8, output: 5, priority: 1 },
      { input: 8, output: 2, priority: 3 },
      { atMs: 15, input: 7, output: 1, priority: 2 },
    ];
    const config = { schedulingPolicy: 'priority' as const, usableBlocks: 4, maxModelLen: 16 };
    const run = new ReferenceRun({ requests, config });
    expect(run.steps).toEqual(['1:8 2:8', '1:1', '1:1', '1:1', '1:1', '3:7', '2:9']);
    const fcfs = new ReferenceRun({ requests, config: { ...config, schedulingPolicy: 'fcfs' } });
    expect(fcfs.steps).toEqual(['1:8 2:8', '1:1', '1:1', '1:1', '1:1', '2:9', '3:7']);
  });
});
