import { expect } from 'vitest';
import type { Server } from '../../sim/endpoints/server.ts';
import type { EngineBench, Observation } from './engine-bench.ts';
import { expectSameGaps, expectSameHistogram } from './same-gaps.ts';

/** Nobody outside can tell two engines apart, and both are empty in the end. */
export function expectSameRun(ours: EngineBench<Server>, theirs: EngineBench<Server>): void {
  expect(ours.observations.map(withoutGap)).toEqual(theirs.observations.map(withoutGap));
  expectSameGaps(
    ours.sequences.map(({ gapMaxUs }) => gapMaxUs),
    theirs.sequences.map(({ gapMaxUs }) => gapMaxUs),
  );
  expect(ours.engine.busyUs).toBe(theirs.engine.busyUs);
  expect(ours.engine.steps).toBe(theirs.engine.steps);
  expect(ours.engine.counters).toEqual(theirs.engine.counters);
  expectSameHistogram(ours.gaps, theirs.gaps);
  ours.engine.checkDrained();
  theirs.engine.checkDrained();
}

function withoutGap(seen: Observation): object {
  return seen.kind === 'look' ? seen : { ...seen, results: { ...seen.results, gapMaxUs: 0 } };
}
