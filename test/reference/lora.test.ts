import { describe, expect, test } from 'vitest';
import { ReferenceRun } from '../support/reference-run.ts';

describe('adapters', () => {
  test('beyond the slots of a step wait aside, without holding up those behind', () => {
    const requests = [
      { input: 4, output: 2, adapter: 1 },
      { input: 4, output: 1, adapter: 2 },
      { input: 4, output: 1, adapter: 1 },
      { input: 4, output: 1 },
      { input: 4, output: 1, adapter: 2 },
    ];
    const looksMs = [5];
    const run = new ReferenceRun({ requests, config: { maxLoras: 1, loraLoadUs: 5_000 }, looksMs });
    expect(run.steps).toEqual(['1:4 3:4 4:4', '1:1', '2:4 5:4']);
    expect(run.stepMs).toEqual([15, 10, 15]);
    expect(run.inEngine).toEqual([[3, 2, 3]]);
  });

  test('set aside come back in their order, before those that were not reached', () => {
    const requests = [
      { input: 4, output: 2, adapter: 1 },
      { input: 4, output: 1, adapter: 2 },
      { input: 4, output: 1, adapter: 3 },
      { input: 4, output: 1, adapter: 2 },
      { input: 4, output: 2, adapter: 1 },
      { input: 4, output: 1 },
    ];
    const run = new ReferenceRun({ requests, config: { maxLoras: 1, maxNumSeqs: 2 } });
    expect(run.steps).toEqual(['1:4 5:4', '1:1 5:1', '2:4 4:4', '3:4 6:4']);
  });

  test('set aside by priority go back to where they belong', () => {
    const requests = [
      { input: 4, output: 2, adapter: 1, priority: 0 },
      { input: 4, output: 1, adapter: 2, priority: 2 },
      { input: 4, output: 1, adapter: 3, priority: 1 },
    ];
    const config = { maxLoras: 1, schedulingPolicy: 'priority' as const };
    const run = new ReferenceRun({ requests, config });
    expect(run.steps).toEqual(['1:4', '1:1', '3:4', '2:4']);
  });

  test('are not counted for requests without one', () => {
    const requests = [0, 0, 1].map((adapter) => ({ input: 4, output: 1, adapter }));
    const run = new ReferenceRun({ requests, config: { maxLoras: 1 } });
    expect(run.steps).toEqual(['1:4 2:4 3:4']);
  });

  test('in a blocked queue still wait behind its head', () => {
    const requests = [
      { input: 12, output: 2, adapter: 1 },
      { input: 30, output: 1, adapter: 1 },
      { input: 1, output: 1, adapter: 1 },
    ];
    const config = { maxLoras: 1, usableBlocks: 8, maxModelLen: 32 };
    const run = new ReferenceRun({ requests, config });
    expect(run.steps).toEqual(['1:12', '1:1', '2:30', '3:1']);
  });

  test('are not limited without slots, and never loaded', () => {
    const requests = [1, 2, 3, 4].map((adapter) => ({ input: 4, output: 1, adapter }));
    const run = new ReferenceRun({ requests, config: { loraLoadUs: 5_000 } });
    expect(run.steps).toEqual(['1:4 2:4 3:4 4:4']);
    expect(run.stepMs).toEqual([10]);
  });
});

describe('the slots', () => {
  const config = { maxLoras: 2, loraLoadUs: 5_000 };
  /** Steps one after the other, each running these adapters. */
  const stepMs = (...adaptersOfSteps: number[][]) => {
    const requests = adaptersOfSteps.flatMap((adapters, i) =>
      adapters.map((adapter) => ({ atMs: i * 100, input: 1, output: 1, adapter })),
    );
    return new ReferenceRun({ requests, config }).stepMs;
  };

  test('keep the adapters used last', () => {
    const adapters = [1, 2, 1, 3, 1, 2, 3];
    const durations = stepMs(...adapters.map((adapter) => [adapter]));
    expect(durations).toEqual([15, 15, 10, 15, 10, 15, 15]);
  });

  test('are filled one load after the other', () => {
    expect(stepMs([1, 2, 2], [2, 1], [3, 4])).toEqual([20, 10, 20]);
  });

  test('evict the smaller number of two used in the same step', () => {
    expect(stepMs([2, 1], [3], [2])).toEqual([20, 15, 10]);
    expect(stepMs([2, 1], [3], [1])).toEqual([20, 15, 15]);
  });

  test('never evict an adapter of the step itself', () => {
    expect(stepMs([3], [4], [1, 3], [3], [1])).toEqual([15, 15, 15, 10, 10]);
  });

  test('are not touched by requests without an adapter', () => {
    expect(stepMs([0], [1, 0], [0, 0, 1])).toEqual([10, 15, 10]);
  });

  test('make the step longer, not the gap before it', () => {
    const requests = [
      { input: 4, output: 3 },
      { atMs: 5, input: 4, output: 1, adapter: 1 },
    ];
    const { bench } = new ReferenceRun({ requests, config });
    expect(bench.sequences[0]).toMatchObject({ gapMaxUs: 15_000, lastTokenUs: 35_000 });
  });
});
