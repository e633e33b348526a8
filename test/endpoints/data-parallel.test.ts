import fc from 'fast-check';
import { describe, test } from 'vitest';
import { ApiServer } from '../../sim/endpoints/api-server.ts';
import { DataParallel } from '../../sim/endpoints/data-parallel.ts';
import { createLockstep } from '../../sim/endpoints/lockstep.ts';
import type { CreateRanks, Server } from '../../sim/endpoints/server.ts';
import { Replica, type ReplicaOptions } from '../../sim/replica/replica.ts';
import { ReferenceDataParallel } from '../reference/reference-data-parallel.ts';
import { ReferenceLockstep } from '../reference/reference-lockstep.ts';
import { type BenchOptions, EngineBench } from '../support/engine-bench.ts';
import { benchOptions, engineCases } from '../support/engine-cases.ts';
import { expectSameRun } from '../support/same-run.ts';

const numRuns = Number(process.env['FAIRLEAD_ENGINE_CASES'] ?? 2_000) / 4;
const seed = Number(process.env['FAIRLEAD_ENGINE_SEED'] ?? 1);

const settings = fc.record({
  ranks: fc.integer({ min: 1, max: 4 }),
  apiProcesses: fc.integer({ min: 1, max: 3 }),
  score: fc.constantFrom('classic' as const, '2026' as const),
});

/** API processes at no cost in front of something that makes a difference between them. */
function bench(
  load: BenchOptions,
  processes: number,
  createEngine: (options: ReplicaOptions) => Server,
): EngineBench<Server> {
  const options = { requestMs: 0, promptUsPer1000Tokens: 0, processes };
  return new EngineBench((setting) => {
    const { maxModelLen } = setting.config;
    return new ApiServer(createEngine(setting), { ...setting, options, maxModelLen });
  }, load).run();
}

const freely: CreateRanks = (all) => all.map((options) => new Replica(options));
const plainLockstep: CreateRanks = (all) => new ReferenceLockstep(all).ranks;

describe('data-parallel ranks', () => {
  test('are chosen as if somebody had looked at them every 100 ms', () => {
    const property = fc.property(engineCases, settings, (engineCase, drawn) => {
      const load = benchOptions(engineCase);
      const ours = bench(load, drawn.apiProcesses, (options) => {
        return new DataParallel({ ...options, ...drawn }, freely);
      });
      const plain = bench(load, drawn.apiProcesses, (options) => {
        return new ReferenceDataParallel({ ...options, ...drawn });
      });
      expectSameRun(ours, plain);
    });
    fc.assert(property, { seed, numRuns });
  });

  test('in lockstep do what plain engines do in lockstep', () => {
    const property = fc.property(engineCases, settings, (engineCase, drawn) => {
      const load = benchOptions(engineCase);
      const [ours, plain] = [createLockstep, plainLockstep].map((createRanks) =>
        bench(load, drawn.apiProcesses, (options) => {
          return new DataParallel({ ...options, ...drawn }, createRanks);
        }),
      );
      expectSameRun(ours!, plain!);
    });
    fc.assert(property, { seed, numRuns });
  });
});

test('one rank in lockstep is an engine by itself', () => {
  // Whole eighths of a microsecond: their sums are exact, in whatever order they are added up.
  const stepTime = {
    stepUs: ({ decodeContext, decodeSeqs, prefillTokens }: Shape) =>
      500.125 + 20.5 * prefillTokens + 7.25 * decodeSeqs + 0.125 * decodeContext,
    decodeGrowthUs: (decodeSeqs: number) => 0.125 * decodeSeqs,
  };
  const property = fc.property(engineCases, (engineCase) => {
    const { config, ...rest } = benchOptions(engineCase);
    const load = { ...rest, config: { ...config, loraLoadUs: 1_000, stepTime } };
    const alone = new EngineBench((options) => new Replica(options), load).run();
    const inStep = new EngineBench((options) => createLockstep([options])[0]!, load).run();
    expectSameRun(inStep, alone);
  });
  fc.assert(property, { seed, numRuns });
});

interface Shape {
  readonly decodeContext: number;
  readonly decodeSeqs: number;
  readonly prefillTokens: number;
}
