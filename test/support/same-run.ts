import { expect } from 'vitest';
import type { Server } from '../../sim/endpoints/server.ts';
import type { EngineBench, Observation } from './engine-bench.ts';

/** A nanosecond, in microseconds. */
const toleranceUs = 0.001;

/** Nobody outside can tell two engines apart, and both are empty in the end. */
export function expectSameRun(ours: EngineBench<Server>, theirs: EngineBench<Server>): void {
  expect(ours.observations.map(withoutGap)).toEqual(theirs.observations.map(withoutGap));
  for (const [index, sequence] of theirs.sequences.entries()) {
    const difference = Math.abs(ours.sequences[index]!.gapMaxUs - sequence.gapMaxUs);
    expect(difference > toleranceUs, `gap of request ${index}`).toBe(false);
  }
  expect(ours.engine.busyUs).toBe(theirs.engine.busyUs);
  expect(ours.engine.steps).toBe(theirs.engine.steps);
  expect(ours.engine.counters).toEqual(theirs.engine.counters);
  expect(ours.gaps.count).toBe(theirs.gaps.count);
  ours.engine.checkDrained();
  theirs.engine.checkDrained();
}

/** Gaps are differences of unrounded times, which two ways of adding up may tell apart. */
function withoutGap(seen: Observation): object {
  return seen.kind === 'look' ? seen : { ...seen, results: { ...seen.results, gapMaxUs: 0 } };
}
