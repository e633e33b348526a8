import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Replica } from '../../sim/replica/replica.ts';
import { ReferenceReplica } from '../reference/reference-replica.ts';
import { EngineBench, type Observation } from '../support/engine-bench.ts';
import { benchOptions, type EngineCase, engineCases } from '../support/engine-cases.ts';

// The replica that jumps over steps, against the one that takes them one at a time: whatever engine
// and load are drawn, nobody outside can tell the difference.

const numRuns = Number(process.env['FAIRLEAD_ENGINE_CASES'] ?? 2_000);
const seed = Number(process.env['FAIRLEAD_ENGINE_SEED'] ?? 1);
/** A nanosecond, in microseconds. */
const toleranceUs = 0.001;

test('the replica that jumps does what the plain one does', () => {
  fc.assert(fc.property(engineCases, sameAsReference), { seed, numRuns });
});

function sameAsReference(engineCase: EngineCase): void {
  const options = benchOptions(engineCase);
  const plain = new EngineBench((engine) => new ReferenceReplica(engine), options).run();
  const jumping = new EngineBench((engine) => new Replica(engine), options).run();
  expect(jumping.observations.map(withoutGap)).toEqual(plain.observations.map(withoutGap));
  for (const [index, sequence] of plain.sequences.entries()) {
    const difference = Math.abs(jumping.sequences[index]!.gapMaxUs - sequence.gapMaxUs);
    expect(difference > toleranceUs, `gap of request ${index}`).toBe(false);
  }
  expect(jumping.engine.busyUs).toBe(plain.engine.busyUs);
  expect(jumping.engine.steps).toBe(plain.engine.steps);
  expect(jumping.gaps.count).toBe(plain.gaps.count);
  jumping.engine.checkDrained();
}

/** Gaps are differences of unrounded times, which two ways of adding up may tell apart. */
function withoutGap(seen: Observation): object {
  return seen.kind === 'look' ? seen : { ...seen, results: { ...seen.results, gapMaxUs: 0 } };
}
