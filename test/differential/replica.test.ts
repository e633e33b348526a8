import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Replica } from '../../sim/replica/replica.ts';
import { ReferenceReplica } from '../reference/reference-replica.ts';
import { EngineBench, type Observation } from '../support/engine-bench.ts';
import { benchOptions, type EngineCase, engineCases } from '../support/engine-cases.ts';
import { expectSameGaps } from '../support/same-gaps.ts';

// The replica that jumps over steps, against the one that takes them one at a time: whatever engine
// and load are drawn, nobody outside can tell the difference.

const numRuns = Number(process.env['FAIRLEAD_ENGINE_CASES'] ?? 2_000);
const seed = Number(process.env['FAIRLEAD_ENGINE_SEED'] ?? 1);

test('the replica that jumps does what the plain one does', () => {
  fc.assert(fc.property(engineCases, sameAsReference), { seed, numRuns });
});

function sameAsReference(engineCase: EngineCase): void {
  const options = benchOptions(engineCase);
  const plain = new EngineBench((engine) => new ReferenceReplica(engine), options).run();
  const jumping = new EngineBench((engine) => new Replica(engine), options).run();
  expect(jumping.observations.map(withoutGap)).toEqual(plain.observations.map(withoutGap));
  expectSameGaps(
    jumping.sequences.map(({ gapMaxUs }) => gapMaxUs),
    plain.sequences.map(({ gapMaxUs }) => gapMaxUs),
  );
  expect(jumping.engine.busyUs).toBe(plain.engine.busyUs);
  expect(jumping.engine.steps).toBe(plain.engine.steps);
  expect(jumping.gaps.count).toBe(plain.gaps.count);
  jumping.engine.checkDrained();
}

function withoutGap(seen: Observation): object {
  return seen.kind === 'look' ? seen : { ...seen, results: { ...seen.results, gapMaxUs: 0 } };
}
