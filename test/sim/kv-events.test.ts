import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { KvEventLog } from '../../sim/kv-events/kv-event-log.ts';
import { hashing } from '../../sim/prompt-hashes.ts';
import { Replica } from '../../sim/replica/replica.ts';
import type { Sequence } from '../../sim/replica/sequence.ts';
import { simulate } from '../../sim/simulate.ts';
import roundRobin from '../../strategies/round-robin.ts';
import { defineStrategy, type KvEvent, type Strategy } from '../../strategies/strategy.ts';
import { type BenchRequest, EngineBench } from '../support/engine-bench.ts';
import { benchOptions, type EngineCase, engineCases } from '../support/engine-cases.ts';
import { smallScenario } from '../support/scenarios.ts';

/** What somebody who has heard all events takes to be in a cache. */
class Listener {
  readonly held = new Set<number>();

  hear({ hashes, kind }: KvEvent): void {
    if (kind === 'cleared') this.held.clear();
    for (const hash of hashes) {
      // There is one event for a content that comes, and one when it is gone for good.
      expect(this.held.has(hash)).toBe(kind === 'removed');
      if (kind === 'stored') this.held.add(hash);
      else this.held.delete(hash);
    }
  }

  match(hashes: Float64Array): number {
    const missing = hashes.findIndex((hash) => !this.held.has(hash));
    return missing < 0 ? hashes.length : missing;
  }
}

const quietUs = 1e9;

/** What all have said over again, and their answers, one by one when the engine is idle. */
function probesOf(requests: readonly BenchRequest[], maxModelLen: number): BenchRequest[] {
  return requests.map((request, probe) => {
    const answered = { ...request.answer, tokens: request.outputTokens };
    const room = maxModelLen - 1 - request.promptTokens;
    const prompt = answered.tokens <= room ? [...request.prompt, answered] : request.prompt;
    const promptTokens = prompt.reduce((sum, { tokens }) => sum + tokens, 0);
    return {
      ...request,
      ...{ prompt, promptTokens, outputTokens: 1, finish: 'stop', remoteTokens: 0 },
      answer: { text: 9_000 + probe, from: 0 },
      arrival: { kind: 'at', atUs: quietUs + probe * 1e7 },
      abort: { kind: 'never' },
    };
  });
}

/** For each of the probes, blocks that were expected in the cache, and those that were found. */
function probe(engineCase: EngineCase): { expected: number[]; found: number[] } {
  const options = benchOptions(engineCase);
  const { blockSize, maxModelLen } = options.config;
  const probes = probesOf(options.requests, maxModelLen);
  const log = new KvEventLog({ isUp: true, hasSeveralEngines: false });
  const listener = new Listener();
  const expected: number[] = [];
  const hashesOf = hashing(blockSize);
  const makeEngine = (given: ConstructorParameters<typeof Replica>[0]): Replica => {
    const engine = new Replica({ ...given, blocks: log.nextLife() });
    const add = engine.add.bind(engine);
    engine.add = (sequence: Sequence, nowUs: number) => {
      if (nowUs >= quietUs) {
        for (const event of log.take()) listener.hear(event);
        const findable = Math.floor((sequence.promptTokens - 1) / blockSize);
        expected.push(Math.min(listener.match(hashesOf(sequence)), findable));
      }
      add(sequence, nowUs);
    };
    return engine;
  };
  const requests = [...options.requests, ...probes];
  const bench = new EngineBench(makeEngine, { ...options, requests }).run();
  const asked = bench.sequences.slice(options.requests.length);
  // A prompt as long as the context is refused, and nothing is looked up.
  const isAsked = asked.map(({ promptTokens }) => promptTokens < maxModelLen);
  return {
    expected: expected.filter((_, index) => isAsked[index]),
    found: asked.map(({ cachedTokens }) => cachedTokens / blockSize).filter((_, i) => isAsked[i]),
  };
}

describe('the KV events of an engine', () => {
  test('tell exactly what its cache finds, whatever has happened', () => {
    let foundBlocks = 0;
    const property = fc.property(engineCases, (drawn) => {
      const cached = { ...drawn, switches: { ...drawn.switches, enablePrefixCaching: true } };
      const { expected, found } = probe(cached);
      expect(found).toEqual(expected);
      foundBlocks += found.reduce((sum, blocks) => sum + blocks, 0);
    });
    fc.assert(property, { seed: 1, numRuns: 300 });
    expect(foundBlocks).toBeGreaterThan(500);
  });
});

interface Heard {
  readonly replica: string;
  readonly kind: KvEvent['kind'];
  readonly blocks: number;
  readonly nowUs: number;
}

/** Round robin that listens to what replicas tell. */
function listening(heard: Heard[], needs: readonly ('kv-events' | 'prefix')[]) {
  return defineStrategy({
    ...{ name: 'round-robin', summary: 'It listens.', options: {}, needs },
    create: (_, context): Strategy => {
      const inner = roundRobin.create({}, context);
      return {
        pick: (request, candidates, nowUs) => inner.pick(request, candidates, nowUs),
        onKvEvent: ({ name }, { hashes, kind }, nowUs) =>
          heard.push({ replica: name, kind, blocks: hashes.length, nowUs }),
      };
    },
  });
}

const smallCache = { numGpuBlocksOverride: 100, maxModelLen: 1_024 };

const conversations = {
  replicas: 2,
  duration: '10s',
  traffic: [{ input: { kind: 'constant', tokens: 100 }, output: { kind: 'constant', tokens: 40 } }],
};

function run(
  given: Parameters<typeof smallScenario>[0] = {},
  kvEvents = {},
  needs: readonly ('kv-events' | 'prefix')[] = ['kv-events'],
) {
  const heard: Heard[] = [];
  const small = smallScenario({ ...conversations, ...given });
  const gateway = { ...small.gateway, kvEvents: { ...small.gateway.kvEvents, ...kvEvents } };
  const scenario = { ...small, gateway };
  const strategy = listening(heard, needs);
  const { log } = simulate({ scenario, strategy, strategyOptions: {}, seed: 1 });
  return { heard, rows: [...log.rows()] };
}

describe('a gateway', () => {
  test('hears what replicas store and remove, and nothing that it does not need', () => {
    const { heard } = run({ engine: smallCache });
    expect(new Set(heard.map(({ replica }) => replica)).size).toBe(2);
    expect(new Set(heard.map(({ kind }) => kind))).toEqual(new Set(['removed', 'stored']));
    expect(run({}, {}, ['prefix']).heard).toEqual([]);
  });

  test('hears it as much later as the way is long', () => {
    const times = (delay: string) => run({}, { delay }).heard.map(({ nowUs }) => nowUs);
    const [atOnce, late] = [times('0ms'), times('300ms')];
    expect(atOnce.length).toBeGreaterThan(20);
    const until = late.length;
    expect(late).toEqual(atOnce.slice(0, until).map((nowUs) => nowUs + 300_000));
  });

  test('hears it all in order though messages are lost, but nothing when all are', () => {
    const told = (loss: number) => {
      const { heard } = run({}, { loss });
      const own = heard.filter(({ replica }) => replica === 'r-1');
      return own.map(({ blocks, kind }) => `${kind} ${blocks}`);
    };
    const [all, late] = [told(0), told(0.5)];
    // What is lost last is not missed, because no message follows it.
    expect(late.length).toBeGreaterThan(0.9 * all.length);
    expect(late).toEqual(all.slice(0, late.length));
    expect(told(1)).toEqual([]);
  });

  test('hears that all is gone when a replica has come up again, and nothing in between', () => {
    const crash = { kind: 'crash', at: '3s', replicas: ['r-1'], down: '2s', warmUp: '1s' };
    const { heard } = run({ events: [crash] });
    const own = heard.filter(({ replica }) => replica === 'r-1');
    const cleared = own.findIndex(({ kind }) => kind === 'cleared');
    expect(own[cleared]!.nowUs).toBeGreaterThanOrEqual(6e6 + 50_000);
    expect(own[cleared]!.nowUs).toBeLessThanOrEqual(6e6 + 75_000);
    expect(own[cleared - 1]!.nowUs).toBeLessThanOrEqual(3e6 + 75_000);
    expect(own.length).toBeGreaterThan(cleared + 1);
    expect(own.filter(({ kind }) => kind === 'cleared')).toHaveLength(1);
  });

  test('changes nothing by listening', () => {
    const engine = smallCache;
    expect(run({ engine }).rows).toEqual(run({ engine }, {}, []).rows);
  });
});
