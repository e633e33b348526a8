import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { strategies } from '../../strategies/registry.ts';
import type { Pick, ReplicaView, Strategy, StrategyDefinition } from '../../strategies/strategy.ts';
import { strategyContext } from '../support/strategies.ts';
import { fleetView, requestView } from '../support/views.ts';

// What every strategy promises over its life, told all that a gateway tells it.

function make(definition: StrategyDefinition, seed: number): Strategy {
  return definition.create({}, strategyContext(definition.name, seed));
}

/** A moment of a run: who is there, how busy they are, and how long the prompt is. */
interface Situation {
  readonly present: readonly number[];
  readonly inFlight: readonly number[];
  readonly promptTokens: number;
}

const situations: fc.Arbitrary<Situation[]> = fc.integer({ min: 1, max: 64 }).chain((replicas) =>
  fc.array(
    fc.record({
      present: fc.oneof(
        fc.constant(Array.from({ length: replicas }, (_, index) => index)),
        fc.uniqueArray(fc.nat(replicas - 1), { minLength: 1, maxLength: replicas }),
      ),
      inFlight: fc.array(fc.nat(300), { minLength: replicas, maxLength: replicas }),
      promptTokens: fc.integer({ min: 1, max: 100_000 }),
    }),
    { minLength: 1, maxLength: 30 },
  ),
);

const comings = fc.array(
  fc.record({
    kind: fc.constantFrom('joins', 'leaves', 'fails', 'stays'),
    who: fc.nat(5),
    adapter: fc.nat(3),
  }),
  { maxLength: 30 },
);

const failedEnd = {
  outcome: 'failed',
  outputTokens: Number.NaN,
  cachedTokens: Number.NaN,
} as const;

interface Decision {
  readonly candidates: readonly ReplicaView[];
  readonly picked: Pick;
}

/** Puts a strategy through the situations; views and lists are frozen and new each time. */
function decide(strategy: Strategy, run: readonly Situation[]): Decision[] {
  return run.map(({ present, inFlight, promptTokens }, id) => {
    const nowUs = id * 1_000;
    const fleet = fleetView(inFlight);
    const candidates = Object.freeze(fleet.filter(({ index }) => present.includes(index)));
    const request = requestView(id, promptTokens);
    const picked = strategy.pick(request, candidates, nowUs);
    if (typeof picked !== 'string') {
      strategy.onDispatched?.(request, picked, nowUs);
      strategy.onFirstToken?.(request, picked, nowUs + 300);
      const end = { outcome: 'ok', outputTokens: 1 + (id % 7), cachedTokens: 0 } as const;
      strategy.onEnded?.(request, picked, end, nowUs + 900);
    }
    return { candidates, picked };
  });
}

function indices(decisions: readonly Decision[]): (number | string)[] {
  return decisions.map(({ picked }) => (typeof picked === 'string' ? picked : picked.index));
}

describe.each(strategies.map((strategy) => [strategy.name, strategy] as const))('%s', (_, it) => {
  test('picks one of those who are there, whoever leaves or comes back', () => {
    const property = fc.property(situations, fc.nat(), (run, seed) => {
      for (const { candidates, picked } of decide(make(it, seed), run)) {
        expect(typeof picked === 'string' || candidates.includes(picked)).toBe(true);
      }
    });
    fc.assert(property, { seed: 1, numRuns: 200 });
  });

  test('picks the only replica there is, however busy', () => {
    const strategy = make(it, 1);
    for (const inFlight of [0, 1, 1_000_000]) {
      const fleet = fleetView([inFlight]);
      expect(strategy.pick(requestView(inFlight), fleet, 0)).toBe(fleet[0]);
    }
  });

  test('picks the same again over a whole life with the same stream of chance', () => {
    const property = fc.property(situations, fc.nat(), (run, seed) => {
      const first = indices(decide(make(it, seed), run));
      expect(indices(decide(make(it, seed), run))).toEqual(first);
    });
    fc.assert(property, { seed: 1, numRuns: 100 });
  });

  test('copes with anybody who joins or leaves, known or not, and with requests of any kind', () => {
    const property = fc.property(comings, fc.nat(), (steps, seed) => {
      const strategy = make(it, seed);
      const fleet = fleetView([0, 1, 2, 0, 1, 2]);
      const present = new Set([0, 1]);
      for (const [id, { adapter, kind, who }] of steps.entries()) {
        if (kind === 'joins') {
          present.add(who);
          strategy.onJoined?.(fleet[who]!, id);
        } else if (kind === 'leaves') {
          present.delete(who);
          strategy.onLeft?.(fleet[who]!, id);
        }
        const candidates = fleet.filter(({ index }) => present.has(index));
        if (candidates.length === 0) continue;
        const request = requestView(id, 100, { adapter, session: who });
        const picked = strategy.pick(request, candidates, id);
        if (typeof picked === 'string') continue;
        expect(candidates).toContain(picked);
        strategy.onDispatched?.(request, picked, id);
        if (kind === 'fails') strategy.onEnded?.(request, picked, failedEnd, id);
      }
    });
    fc.assert(property, { seed: 1, numRuns: 100 });
  });

  test('shares nothing with a second one that balances another fleet', () => {
    const property = fc.property(situations, situations, fc.nat(), (mine, theirs, seed) => {
      const [strategy, other] = [make(it, seed), make(it, seed)];
      decide(other, theirs);
      expect(indices(decide(strategy, mine))).toEqual(indices(decide(make(it, seed), mine)));
    });
    fc.assert(property, { seed: 1, numRuns: 50 });
  });
});

test('strategies are listed by name, each once', () => {
  const names = strategies.map(({ name }) => name);
  expect(names).toEqual([...new Set(names)].sort());
});
