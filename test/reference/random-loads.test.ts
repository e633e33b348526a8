import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type BenchOptions, EngineBench } from '../support/engine-bench.ts';
import { benchOptions, engineCases } from '../support/engine-cases.ts';
import { ReferenceReplica } from './reference-replica.ts';
import type { ReferenceStep } from './reference-step.ts';

/** The reference under a random load, with all its steps and what could be found after each. */
class RandomRun {
  readonly options: BenchOptions;
  readonly steps: ReferenceStep[] = [];
  readonly contents: string[][] = [];
  readonly bench: EngineBench<ReferenceReplica>;

  constructor(options: BenchOptions) {
    this.options = options;
    this.bench = new EngineBench(
      (engineOptions) => new ReferenceReplica({ ...engineOptions, onStep: (s) => this.#onStep(s) }),
      options,
    );
    this.bench.run();
  }

  #onStep(step: ReferenceStep): void {
    this.steps.push(step);
    this.contents.push(this.bench.engine.scheduler.kvCache.contents);
    if (this.steps.length > 50_000) throw new Error('this does not come to an end');
  }
}

function check(property: (run: RandomRun) => void, numRuns = 300): void {
  const body = (options: BenchOptions) => property(new RandomRun(options));
  fc.assert(
    fc.property(engineCases, (engineCase) => body(benchOptions(engineCase))),
    { seed: 1, numRuns },
  );
}

describe('under any load', () => {
  test('everybody who came and stayed gets an answer or an error, and nothing is left behind', () => {
    check(({ bench, options }) => {
      bench.engine.checkDrained();
      const { maxModelLen } = options.config;
      const aborted = bench.observations.map((o) => (o.kind === 'abort' ? o.request : -1));
      for (const [id, request] of options.requests.entries()) {
        const kinds = bench.told(id).map((line) => line.split(' ')[0]);
        const answerTokens = request.finish === 'length' ? request.outputTokens : 1;
        const fits = request.promptTokens + answerTokens <= maxModelLen;
        const came = request.arrival.kind === 'at' || hasEnded(bench, request.arrival.request);
        if (!came) expect(kinds).toEqual([]);
        else if (!fits && !aborted.includes(id)) {
          expect(kinds).toEqual(['error']);
        } else if (!aborted.includes(id)) {
          expect(kinds).toEqual(['first', 'end']);
          const most = Math.min(request.outputTokens, maxModelLen - request.promptTokens);
          expect(bench.sequences[id]!.generated).toBe(most);
        }
      }
    });
  });

  test('no step exceeds its limits, and each begins where the one before ended', () => {
    check(({ steps, bench, options }) => {
      const { maxNumBatchedTokens, maxNumSeqs, maxLoras, asyncScheduling } = options.config;
      const { longPrefillTokenThreshold } = options.config;
      for (const { chunks, startUs, endUs, number } of steps) {
        const tokens = chunks.reduce((sum, chunk) => sum + chunk.tokens, 0);
        expect(tokens).toBeGreaterThan(0);
        expect(tokens).toBeLessThanOrEqual(maxNumBatchedTokens);
        expect(chunks.length).toBeLessThanOrEqual(maxNumSeqs);
        expect(new Set(chunks.map(({ sequence }) => sequence)).size).toBe(chunks.length);
        for (const chunk of chunks) {
          expect(chunk.tokens).toBeLessThanOrEqual(longPrefillTokenThreshold);
        }
        const adapters = new Set(chunks.map(({ sequence }) => sequence.work.adapter));
        adapters.delete(0);
        if (maxLoras > 0) expect(adapters.size).toBeLessThanOrEqual(maxLoras);
        expect(endUs).toBeGreaterThan(startUs);
        expect(startUs).toBeGreaterThanOrEqual(steps[number - 2]?.endUs ?? 0);
      }
      expect(bench.engine.steps).toBe(steps.length);
      if (!asyncScheduling) expect(emitted(steps)).toBe(generated(bench) + lost(steps, bench));
    });
  });

  test('what can be found always has what comes before it, by the age of blocks', () => {
    check(({ contents, options }) => {
      const { blockSize } = options.config;
      for (const found of contents.map((all) => new Set(all))) {
        for (const content of found) {
          const parent = withoutLastBlock(content, blockSize);
          if (parent !== undefined) expect(found).toContain(parent);
        }
      }
    }, 100);
  });

  test('the same happens again', () => {
    check(({ bench, options }) => {
      expect(new RandomRun(options).bench.record).toEqual(bench.record);
    }, 100);
  });
});

test('the loads are hard enough to be worth running', () => {
  const seen = new Map<string, number>();
  const count = (what: string, happened: boolean) => {
    seen.set(what, (seen.get(what) ?? 0) + (happened ? 1 : 0));
  };
  const numRuns = 300;
  check((run) => {
    const { bench, options, steps } = run;
    const { sequences, observations, engine } = bench;
    const { asyncScheduling, schedulingPolicy } = options.config;
    const preempted = sequences.some(({ preemptions }) => preemptions > 0);
    count('preemption', preempted);
    count('preemption in async', preempted && asyncScheduling);
    count('preemption by priority', preempted && schedulingPolicy === 'priority');
    count(
      'preemption twice',
      sequences.some(({ preemptions }) => preemptions > 1),
    );
    count(
      'remote prompt preempted',
      sequences.some(({ preemptions, remoteTokens }) => preemptions > 0 && remoteTokens > 0),
    );
    count('prefix hit', engine.counters.prefixHits > 0);
    count('hit after eviction', engine.counters.prefixHits > 0 && evicted(run));
    count(
      'adapter load',
      steps.some(({ loadUs }) => loadUs > 0),
    );
    count(
      'long run',
      steps.some(({ position }) => position > 5),
    );
    count('wasted slot', asyncScheduling && emitted(steps) > generated(bench));
    count(
      'abort in flight',
      observations.some((o) => o.kind === 'abort' && isCutShort(o, bench)),
    );
    count(
      'refusal',
      observations.some(({ kind }) => kind === 'error'),
    );
    count('equal times', hasEqualTimes(run));
  }, numRuns);
  const shares = [...seen].map(([what, times]) => [what, times / numRuns] as const);
  for (const [what, share] of shares) expect(share, what).toBeGreaterThan(0.1);
});

type Bench = EngineBench<ReferenceReplica>;
type Results = { readonly scheduledUs: number };

function hasEnded(bench: Bench, request: number): boolean {
  return bench.observations.some(
    (o) => (o.kind === 'end' || o.kind === 'error') && o.request === request,
  );
}

function generated({ sequences }: Bench): number {
  return sequences.reduce((sum, sequence) => sum + sequence.generated, 0);
}

/** Chunks that would each have generated a token. */
function emitted(steps: readonly ReferenceStep[]): number {
  return steps.reduce((sum, { chunks }) => sum + chunks.filter(({ emits }) => emits).length, 0);
}

/** Tokens of sequences that were aborted while a step generated them: at most one each in sync. */
function lost(steps: readonly ReferenceStep[], { observations, sequences }: Bench): number {
  return observations.filter(
    (o) =>
      o.kind === 'abort' &&
      steps.some(
        ({ chunks, startUs, endUs }) =>
          Math.round(startUs) <= o.atUs &&
          o.atUs < Math.round(endUs) &&
          chunks.some(({ emits, sequence }) => emits && sequence.work === sequences[o.request]),
      ),
  ).length;
}

function withoutLastBlock(content: string, blockSize: number): string | undefined {
  const [owner, names] = content.split(': ');
  const tokens = names!.split(' ');
  if (tokens.length === blockSize) return undefined;
  return `${owner}: ${tokens.slice(0, -blockSize).join(' ')}`;
}

function evicted({ contents }: RandomRun): boolean {
  return contents.some((found, i) => contents[i + 1]?.includes(found[0] ?? '') === false);
}

/** It had begun, and would have gone on. */
function isCutShort({ request, results }: { request: number; results: Results }, bench: Bench) {
  return !Number.isNaN(results.scheduledUs) && !hasEnded(bench, request);
}

/** Somebody comes exactly when a step ends. */
function hasEqualTimes({ steps, options }: RandomRun): boolean {
  const ends = new Set(steps.map(({ endUs }) => Math.round(endUs)));
  return options.requests.some(({ arrival }) => arrival.kind === 'at' && ends.has(arrival.atUs));
}
