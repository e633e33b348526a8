import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ApiServer } from '../../sim/endpoints/api-server.ts';
import type { CreateReplica } from '../../sim/endpoints/server.ts';
import { Replica } from '../../sim/replica/replica.ts';
import { ReferenceReplica } from '../reference/reference-replica.ts';
import { type BenchOptions, EngineBench } from '../support/engine-bench.ts';
import { benchOptions, engineCases } from '../support/engine-cases.ts';
import { benchRequest, plainEngine, type Wish } from '../support/reference-run.ts';

const options = { requestMs: 5, promptUsPer1000Tokens: 0, processes: 1 };

interface Setting {
  readonly api?: Partial<typeof options>;
  readonly createReplica?: CreateReplica;
}

/** An engine with an API in front of it, and when each request came through. */
function bench(load: BenchOptions, { api, createReplica }: Setting = {}) {
  const cameUs = new Map<number, number>();
  const run: EngineBench<ApiServer> = new EngineBench((setting) => {
    const engine = createReplica?.(setting) ?? new Replica(setting);
    const add = engine.add.bind(engine);
    engine.add = (sequence, nowUs) => {
      cameUs.set(run.sequences.indexOf(sequence), nowUs);
      add(sequence, nowUs);
    };
    const { maxModelLen } = setting.config;
    return new ApiServer(engine, { ...setting, options: { ...options, ...api }, maxModelLen });
  }, load);
  run.run();
  run.engine.checkDrained();
  return { run, cameUs };
}

function requests(...wishes: readonly Wish[]): BenchOptions {
  return {
    config: plainEngine,
    requests: wishes.map(benchRequest),
    window: { fromUs: 0, untilUs: Number.POSITIVE_INFINITY },
    looksUs: [],
  };
}

/** Who comes when to the engine, in milliseconds. */
function cameMs(load: BenchOptions, api: Partial<typeof options> = {}): Record<number, number> {
  const { cameUs } = bench(load, { api });
  return Object.fromEntries([...cameUs].map(([id, us]) => [id, us / 1_000]));
}

describe('the front end', () => {
  const burst = requests(...Array.from({ length: 6 }, () => ({ input: 4, output: 2 })));

  test('lets a burst through one by one', () => {
    expect(cameMs(burst)).toEqual({ 0: 5, 1: 10, 2: 15, 3: 20, 4: 25, 5: 30 });
  });

  test('takes half the time with two processes', () => {
    expect(cameMs(burst, { processes: 2 })).toEqual({ 0: 5, 1: 5, 2: 10, 3: 10, 4: 15, 5: 15 });
  });

  test('takes longer for longer prompts', () => {
    const load = requests({ input: 20, output: 1 }, { input: 50, output: 1 });
    expect(cameMs(load, { promptUsPer1000Tokens: 1e6 })).toEqual({ 0: 25, 1: 80 });
  });

  test('rounds the moment of arrival, and keeps what it rounded', () => {
    const { cameUs } = bench(burst, { api: { requestMs: 0.0013 } });
    expect([...cameUs.values()]).toEqual([1, 3, 4, 5, 7, 8]);
  });

  test('does not stand in the way at no cost', () => {
    expect(cameMs(burst, { requestMs: 0 })).toEqual({ 0: 0, 1: 0, 2: 0, 3: 0, 4: 0, 5: 0 });
  });

  test('passes over a request aborted in its queue, and serves in vain what was begun', () => {
    const load = requests(
      { input: 4, output: 1, abortAtMs: 3 },
      { input: 4, output: 1, abortAtMs: 3 },
      { input: 4, output: 1 },
    );
    expect(cameMs(load)).toEqual({ 2: 10 });
    expect([0, 1].map((id) => bench(load).run.told(id))).toEqual([[], []]);
  });

  test('refuses a prompt that is too long when it has counted its tokens', () => {
    const { run, cameUs } = bench(
      requests({ input: 500, output: 1 }, { input: 4, output: 9 }, { input: 60, output: 41 }),
    );
    expect(run.told(0)).toEqual(['error 5']);
    // Prompt and max_tokens together, of which the engine never hears.
    expect(run.told(2)).toEqual(['error 15']);
    expect([...cameUs.keys()]).toEqual([1]);
  });

  test('does the same to every engine behind it', () => {
    const setting = fc.record({
      requestMs: fc.constantFrom(0, 1, 0.7),
      promptUsPer1000Tokens: fc.constantFrom(0, 1_234, 100_000),
      processes: fc.integer({ min: 1, max: 3 }),
    });
    const property = fc.property(engineCases, setting, (engineCase, api) => {
      const load = benchOptions(engineCase);
      const plain = bench(load, { api, createReplica: (engine) => new ReferenceReplica(engine) });
      const jumping = bench(load, { api });
      expect(jumping.cameUs).toEqual(plain.cameUs);
      for (const id of load.requests.keys()) {
        expect(jumping.run.told(id)).toEqual(plain.run.told(id));
      }
      expect(jumping.run.engine.busyUs).toBe(plain.run.engine.busyUs);
    });
    fc.assert(property, { seed: 1, numRuns: 300 });
  });
});
