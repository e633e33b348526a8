import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { RequestRecord } from '../../core/request-record.ts';
import type { Scenario } from '../../scenarios/scenario.ts';
import { Replica, type ReplicaOptions } from '../../sim/replica/replica.ts';
import { type SimulateOptions, simulate } from '../../sim/simulate.ts';
import { strategies } from '../../strategies/registry.ts';
import { defineStrategy, type StrategyDefinition } from '../../strategies/strategy.ts';
import { ReferenceLockstep } from '../reference/reference-lockstep.ts';
import { ReferenceReplica } from '../reference/reference-replica.ts';
import { drawnEvents, eventsOf } from '../support/drawn-events.ts';
import { DrawnSessions } from '../support/drawn-sessions.ts';
import { expectSameGaps, expectSameHistogram } from '../support/same-gaps.ts';
import { loadScenario } from '../support/scenarios.ts';

// Whole fleets under a gateway, with replicas that jump and with plain ones: the same records,
// column by column. The gateway makes them depend on each other to the microsecond.

/** Gives out work only as somebody becomes free, which is often at the very end of another's step. */
const holding: StrategyDefinition = defineStrategy({
  name: 'holding',
  summary: 'At most two requests on each replica.',
  options: {},
  create: () => ({
    pick: (_request, candidates) => candidates.find(({ inFlight }) => inFlight < 2) ?? 'hold',
  }),
});

/** The plain replica tells nobody of its cache. */
function hearsNoEvents({ needs }: StrategyDefinition): boolean {
  return !needs.includes('kv-events');
}

/** Of the engines that are compared one by one, a fiftieth as many fleets. */
const numRuns = Number(process.env['FAIRLEAD_ENGINE_CASES'] ?? 2_000) / 50;
const seed = Number(process.env['FAIRLEAD_ENGINE_SEED'] ?? 1);

const engines = fc.record({
  maxNumSeqs: fc.integer({ min: 1, max: 8 }),
  maxNumBatchedTokens: fc.integer({ min: 8, max: 64 }),
  blockSize: fc.constantFrom(1, 4, 16),
  maxModelLen: fc.constant(128),
  spareBlocks: fc.nat(20),
  asyncScheduling: fc.boolean(),
  enablePrefixCaching: fc.boolean(),
  schedulingPolicy: fc.constantFrom('fcfs', 'priority'),
  watermark: fc.constantFrom(0, 0, 0.05, 0.2),
  maxLoras: fc.constantFrom(0, 0, 1, 2),
  loraLoadMs: fc.constantFrom(0, 1, 2.7),
  dataParallelSize: fc.constantFrom(1, 1, 2, 3),
  apiServer: fc.record({
    requestMs: fc.constantFrom(0, 1, 3.3),
    processes: fc.integer({ min: 1, max: 2 }),
  }),
  vllmProfile: fc.constantFrom('vllm-0.15', 'vllm-0.19', 'vllm-0.30'),
  stepTime: fc.oneof(
    fc.record({ kind: fc.constant('fixed'), stepMs: fc.constantFrom(1, 2, 5) }),
    fc.constant({ kind: 'roofline' }),
  ),
});

const groups = fc.record({
  engine: engines,
  replicas: fc.integer({ min: 1, max: 3 }),
  disaggregation: fc.option(
    fc.record({
      prefill: fc.integer({ min: 1, max: 2 }),
      decode: fc.integer({ min: 1, max: 2 }),
      kvTransferMs: fc.constantFrom(0, 1, 2.5),
    }),
    { nil: undefined },
  ),
});

const questions = fc.record({
  seed: fc.nat(1_000_000),
  model: fc.constantFrom('Llama-3.1-8B', 'Llama-3.1-8B', 'Qwen3-30B-A3B'),
  strategy: fc.constantFrom(holding, ...strategies.filter(hearsNoEvents)),
  fleet: fc.array(groups, {
    minLength: 1,
    maxLength: 3,
  }),
  events: fc.option(drawnEvents(6), { nil: [] }),
  /** In the place of the tenants, which never say the same twice. */
  sessions: fc.option(
    fc.record({
      rateRps: fc.integer({ min: 10, max: 50 }),
      systemPrompts: fc.integer({ min: 1, max: 3 }),
      systemTokens: fc.integer({ min: 1, max: 40 }),
      sessions: fc.integer({ min: 1, max: 8 }),
      meanQuestionTokens: fc.integer({ min: 1, max: 20 }),
      meanAnswerTokens: fc.integer({ min: 1, max: 30 }),
      adapters: fc.constantFrom(0, 1, 3),
      salts: fc.constantFrom(0, 0, 1),
    }),
    { freq: 3, nil: undefined },
  ),
  tenants: fc.array(
    fc.record({
      rate: fc.integer({ min: 1, max: 60 }),
      input: fc.integer({ min: 1, max: 60 }),
      output: fc.integer({ min: 1, max: 40 }),
      finish: fc.constantFrom('length', 'stop'),
      priority: fc.nat(2),
      isRegular: fc.boolean(),
    }),
    { minLength: 1, maxLength: 3 },
  ),
});
type Question = typeof questions extends fc.Arbitrary<infer T> ? T : never;

function scenarioOf({ events, fleet, model, tenants }: Question): Scenario {
  const groups = fleet.map(({ replicas }, index) => ({ name: `g${index}`, replicas }));
  return loadScenario(
    JSON.stringify({
      name: 'drawn',
      summary: 'A fleet of a test.',
      model,
      fleet: fleet.map(({ engine: { spareBlocks, ...engine }, ...group }, index) => {
        const blocks = Math.ceil(engine.maxModelLen / engine.blockSize) + spareBlocks;
        const given = { ...engine, numGpuBlocksOverride: blocks + 1 };
        return { name: `g${index}`, gpu: 'A100-80GB-SXM', ...group, engine: given };
      }),
      traffic: tenants.map(({ rate, input, output, finish, priority, isRegular }, index) => ({
        tenant: `t${index}`,
        arrivals: { kind: isRegular ? 'constant' : 'poisson', rate },
        input: { kind: 'exponential', mean: input },
        output: { kind: 'exponential', mean: output },
        finish,
        priority,
      })),
      events: eventsOf(events, { fleet: groups, lengthMs: 1_300 }),
      warmup: '300ms',
      duration: '1s',
    }),
  );
}

/** Engines that go step by step. */
const plainEngines: Partial<SimulateOptions> = {
  createReplica: (options) => new ReferenceReplica(options),
  createLockstep: (options) => new ReferenceLockstep(options).ranks,
};

function run(
  { seed, sessions, strategy }: Question,
  scenario: Scenario,
  engines: Partial<SimulateOptions>,
) {
  const question = { scenario, strategy, strategyOptions: {}, seed, checkInvariants: true };
  const traffic = sessions && new DrawnSessions({ ...sessions, seed, longestTokens: 100 });
  return simulate({ ...question, ...(traffic ? { traffic } : {}), ...engines });
}

test('a fleet of replicas that jump leaves the records that plain ones leave', () => {
  let prefixHits = 0;
  const property = fc.property(questions, (question) => {
    const scenario = scenarioOf(question);
    const hits = hitCounter();
    const jumping = run(question, scenario, hits.engines);
    const plain = run(question, scenario, plainEngines);
    if (hits.count() > 0) prefixHits += 1;
    expect([...jumping.log.rows()].map(withoutGap)).toEqual([...plain.log.rows()].map(withoutGap));
    expectSameGaps(jumping.log.numbers('gapMaxUs'), plain.log.numbers('gapMaxUs'));
    expect(jumping.replicas).toEqual(plain.replicas);
    expect(jumping.steps).toBe(plain.steps);
    expectSameHistogram(jumping.gaps, plain.gaps);
  });
  fc.assert(property, { seed, numRuns });
  expect(prefixHits / numRuns).toBeGreaterThan(0.2);
});

/** The engines of a simulation, and how many tokens they found in their caches. */
function hitCounter() {
  const made: Replica[] = [];
  const createReplica = (options: ReplicaOptions) => {
    const replica = new Replica(options);
    made.push(replica);
    return replica;
  };
  const count = () => made.reduce((sum, { counters }) => sum + counters.prefixHits, 0);
  return { engines: { createReplica }, count };
}

function withoutGap(record: RequestRecord): RequestRecord {
  return { ...record, gapMaxUs: 0 };
}
