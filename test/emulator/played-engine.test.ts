import fc from 'fast-check';
import { expect, test } from 'vitest';
import { PlayedEngine } from '../../emulator/played-engine.ts';
import { PlayedRequest } from '../../emulator/played-request.ts';
import { findModel } from '../../sim/catalog/lookup.ts';
import { Replica } from '../../sim/replica/replica.ts';
import { Sequence } from '../../sim/replica/sequence.ts';
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

function simulated(drawn: EngineCase): Fate[] {
  const options = benchOptions(drawn);
  const bench = new EngineBench((engine) => new Replica(engine), options).run();
  return bench.sequences.map(fateOf);
}

function fateOf({ firstTokenUs, generated, lastTokenUs }: Sequence): Fate {
  const known = (us: number) => (Number.isNaN(us) ? undefined : us);
  return { firstUs: known(firstTokenUs), lastUs: known(lastTokenUs), tokens: generated };
}

/** Each token, as the reference replica's clients would see it if they looked at every moment. */
function play(drawn: EngineCase, looksUs: readonly number[], isStreamed: boolean): Played[] {
  const { config, requests } = benchOptions(drawn);
  const [group] = smallScenario({ engine: plainEngine }).fleet;
  const model = findModel('Llama-3.1-8B');
  const watcher = { onFirstToken: () => {}, onGap: () => {}, onLeft: () => {} };
  const engine = new PlayedEngine({
    name: 'played',
    group: group!,
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

const runs = { seed: 1, numRuns: 400 };

test('first and last tokens come when they come in the simulator', () => {
  fc.assert(
    fc.property(engineCases, fc.boolean(), (drawn, isStreamed) => {
      const given = byTheClock(drawn);
      const played = play(given, given.looksUs, isStreamed);
      const wanted = simulated(given);
      for (const [index, { tokensUs, ...fate }] of played.entries()) {
        expect(tokensUs.length).toBe(fate.tokens);
        expect(fate, `request ${index}`).toEqual(wanted[index]);
      }
    }),
    runs,
  );
});

test('it makes no difference when anybody looks', () => {
  fc.assert(
    fc.property(engineCases, fc.array(fc.nat(150_000), { maxLength: 50 }), (drawn, looksUs) => {
      const given = byTheClock(drawn);
      expect(play(given, looksUs, true)).toEqual(play(given, [], false));
    }),
    runs,
  );
});
