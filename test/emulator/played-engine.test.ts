import fc from 'fast-check';
import { expect, test } from 'vitest';
import { PlayedEngine } from '../../emulator/played-engine.ts';
import { PlayedRequest } from '../../emulator/played-request.ts';
import type { FleetGroup } from '../../scenarios/scenario.ts';
import { findModel } from '../../sim/catalog/lookup.ts';
import type { Model } from '../../sim/catalog/model.ts';
import { createServer } from '../../sim/endpoints/create-endpoint.ts';
import { createLockstep } from '../../sim/endpoints/lockstep.ts';
import { Replica, type ReplicaOptions } from '../../sim/replica/replica.ts';
import { Sequence } from '../../sim/replica/sequence.ts';
import { ReferenceReplica } from '../reference/reference-replica.ts';
import { EngineBench } from '../support/engine-bench.ts';
import { benchOptions, type EngineCase, engineCases } from '../support/engine-cases.ts';
import { plainEngine } from '../support/plain-fleet.ts';
import { smallScenario } from '../support/scenarios.ts';

// An engine that is played by a clock, looked at whenever its answers or chance want it, against
// the simulator, and against the plain engine that takes its steps one at a time.

interface Fate {
  readonly firstUs: number | undefined;
  readonly lastUs: number | undefined;
  readonly tokens: number;
}

interface Played extends Fate {
  readonly tokensUs: readonly number[];
}

/** What stands behind the address. */
interface Kind {
  readonly group: FleetGroup;
  readonly model: Model;
}

function kindOf(engine: object, modelName = 'Llama-3.1-8B'): Kind {
  const [group] = smallScenario({ engine: { ...plainEngine, ...engine } }).fleet;
  return { group: group!, model: findModel(modelName) };
}

const frontEnd = { requestMs: 0.7, promptUsPer1000Tokens: 1_000, processes: 2 };
const plain = kindOf({});
const kinds: [string, Kind][] = [
  ['an engine', plain],
  ['a front end and an engine', kindOf({ apiServer: frontEnd })],
  ['three engines', kindOf({ dataParallelSize: 3, apiServer: frontEnd })],
  ['engines in lockstep', kindOf({ dataParallelSize: 2 }, 'Mixtral-8x7B')],
];

/** Without requests that come or go because of what others hear: clients are not played here. */
function byTheClock(drawn: EngineCase): EngineCase {
  return {
    ...drawn,
    requests: drawn.requests.map((request) => ({
      ...request,
      onEndOf: undefined,
      remoteTokens: 0,
      abort: request.abort.kind === 'onFirstTokenOf' ? { kind: 'never' as const } : request.abort,
    })),
  };
}

function simulated(drawn: EngineCase, { group, model }: Kind): Fate[] {
  const options = benchOptions(drawn);
  const create = { createReplica: (own: ReplicaOptions) => new Replica(own), createLockstep };
  const bench = new EngineBench(
    (own) => createServer(group, model, { ...own, ...create }),
    options,
  );
  return bench.run().sequences.map(fateOf);
}

function fateOf({ firstTokenUs, generated, lastTokenUs }: Sequence): Fate {
  const known = (us: number) => (Number.isNaN(us) ? undefined : us);
  return { firstUs: known(firstTokenUs), lastUs: known(lastTokenUs), tokens: generated };
}

/** Each token, as the reference replica's clients would see it if they looked at every moment. */
function play(
  drawn: EngineCase,
  { group, model }: Kind,
  { isStreamed, looksUs }: { readonly isStreamed: boolean; readonly looksUs: readonly number[] },
): Played[] {
  const { config, requests } = benchOptions(drawn);
  const watcher = { onFirstToken: () => {}, onGap: () => {}, onLeft: () => {} };
  const engine = new PlayedEngine({
    name: 'played',
    group,
    config,
    model,
    watcherOf: () => watcher,
  });
  const fates = requests.map(() => ({ tokensUs: [] as number[], endUs: Number.NaN }));
  const playing = requests.map((request, index) => {
    const sequence = new Sequence(request);
    const listener = {
      onTokens: (tokens: number, endsUs: ArrayLike<number>, at: number) => {
        for (let i = at; i < at + tokens; i++) fates[index]!.tokensUs.push(endsUs[i]!);
      },
      onEnd: (nowUs: number) => {
        fates[index]!.endUs = nowUs;
      },
    };
    return new PlayedRequest({
      sequence,
      listener,
      isStreamed,
      arrivalUs: 0,
      maxTokens: undefined,
    });
  });
  const plan = requests.flatMap(({ abort, arrival }, index) => {
    const atUs = arrival.kind === 'at' ? arrival.atUs : 0;
    const add = { atUs, act: () => engine.add(playing[index]!, atUs) };
    if (abort.kind !== 'at') return [add];
    return [add, { atUs: abort.atUs, act: () => engine.abort(playing[index]!, abort.atUs) }];
  });
  plan.push(...looksUs.map((atUs) => ({ atUs, act: () => engine.advance(atUs) })));
  plan.sort((a, b) => a.atUs - b.atUs);
  for (;;) {
    const planUs = plan[0]?.atUs ?? Number.POSITIVE_INFINITY;
    // At equal times whoever acts goes first, which makes the engine take all of that moment.
    if (planUs === Number.POSITIVE_INFINITY && engine.nextUs === planUs) break;
    if (planUs <= engine.nextUs) plan.shift()!.act();
    else engine.advance(engine.nextUs);
  }
  engine.checkDrained();
  return fates.map(({ tokensUs }) => ({
    firstUs: tokensUs[0],
    lastUs: tokensUs.at(-1),
    tokens: tokensUs.length,
    tokensUs,
  }));
}

test.each(kinds)('of %s, first and last tokens come as in the simulator', (_name, kind) => {
  fc.assert(
    fc.property(engineCases, fc.boolean(), (drawn, isStreamed) => {
      const given = byTheClock(drawn);
      const played = play(given, kind, { isStreamed, looksUs: given.looksUs });
      const wanted = simulated(given, kind);
      for (const [index, { tokensUs, ...fate }] of played.entries()) {
        expect(tokensUs.length).toBe(fate.tokens);
        expect(fate, `request ${index}`).toEqual(wanted[index]);
      }
    }),
    { seed: 1, numRuns: 250 },
  );
});

test('each token comes when the engine that takes its steps one by one has it', () => {
  fc.assert(
    fc.property(engineCases, (drawn) => {
      const given = byTheClock(drawn);
      const options = benchOptions(given);
      const tokensUs = options.requests.map(() => [] as number[]);
      const bench: EngineBench<ReferenceReplica> = new EngineBench((own) => {
        const onToken = (work: Sequence, nowUs: number) =>
          tokensUs[bench.sequences.indexOf(work)]!.push(nowUs);
        return new ReferenceReplica({ ...own, onToken });
      }, options);
      bench.run();
      const played = play(given, plain, { isStreamed: true, looksUs: [] });
      expect(played.map((one) => one.tokensUs)).toEqual(tokensUs);
    }),
    { seed: 2, numRuns: 400 },
  );
});

test('it makes no difference when anybody looks', () => {
  const looks = fc.array(fc.nat(150_000), { maxLength: 50 });
  fc.assert(
    fc.property(engineCases, looks, (drawn, looksUs) => {
      const given = byTheClock(drawn);
      const unseen = play(given, plain, { isStreamed: false, looksUs: [] });
      expect(play(given, plain, { isStreamed: true, looksUs })).toEqual(unseen);
    }),
    { seed: 3, numRuns: 400 },
  );
});
