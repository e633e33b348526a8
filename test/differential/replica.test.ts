import fc from 'fast-check';
import { test } from 'vitest';
import { Replica } from '../../sim/replica/replica.ts';
import { ReferenceReplica } from '../reference/reference-replica.ts';
import { EngineBench } from '../support/engine-bench.ts';
import { benchOptions, type EngineCase, engineCases } from '../support/engine-cases.ts';
import { expectSameRun } from '../support/same-run.ts';

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
  expectSameRun(jumping, plain);
}
