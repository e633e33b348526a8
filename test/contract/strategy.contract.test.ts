import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { describeStrategyOptions } from '../../cli/strategy-options.ts';
import { strategies } from '../../strategies/registry.ts';
import type { ReplicaView, Strategy } from '../../strategies/strategy.ts';
import { heapGrowth } from '../support/heap-growth.ts';
import { strategyContext } from '../support/strategies.ts';
import { replicaView, requestView } from '../support/views.ts';

// What every strategy promises, whatever it does. A new one is held to it by being registered.

const request = requestView(1, 500);

interface Load {
  readonly inFlight: number;
  readonly inFlightPromptTokens: number;
  readonly weight: number;
}

const loads = fc.record({
  inFlight: fc.integer({ min: 0, max: 50 }),
  inFlightPromptTokens: fc.integer({ min: 0, max: 100_000 }),
  weight: fc.constantFrom(0.001, 0.5, 1, 2, 1_000),
});
const fleets = fc.array(loads, { minLength: 1, maxLength: 64 });

/** Frozen, so that a strategy that writes into a view fails. */
function views(fleet: readonly Load[], prefix = 'r'): ReplicaView[] {
  return fleet.map((load, index) => replicaView(index, { ...load, name: `${prefix}${index}` }));
}

const settings = { seed: 7, numRuns: 100 };

describe.each(strategies.map((definition) => [definition.name, definition] as const))(
  '%s',
  (name, definition) => {
    const make = (seed = 1): Strategy => definition.create({}, strategyContext(name, seed));

    test('picks a candidate for the first request it ever sees, of a fleet of any size', () => {
      fc.assert(
        fc.property(fleets, (fleet) => {
          const candidates = views(fleet);
          expect(candidates).toContain(make().pick(request, candidates, 0));
        }),
        settings,
      );
    });

    test('picks a candidate while replicas leave and come back', () => {
      fc.assert(
        fc.property(fleets, fc.array(fc.nat(), { maxLength: 40 }), (fleet, masks) => {
          const strategy = make();
          const all = views(fleet);
          for (const [nowUs, mask] of masks.entries()) {
            const present = all.filter(({ index }) => ((mask >> (index % 31)) & 1) === 1);
            const candidates = present.length > 0 ? present : all;
            expect(candidates).toContain(strategy.pick(request, candidates, nowUs));
          }
        }),
        settings,
      );
    });

    const hashesNames = definition.needs.includes('names');
    const nameless = 'picks the same with the same chance, whatever the replicas are called';
    test.skipIf(hashesNames)(nameless, () => {
      fc.assert(
        fc.property(fleets, (fleet) => {
          const [first, second] = [make(3), make(3)];
          const [candidates, renamed] = [views(fleet), views(fleet, 'other-name-')];
          for (let nowUs = 0; nowUs < 20; nowUs++) {
            const a = first.pick(request, candidates, nowUs);
            const b = second.pick(request, renamed, nowUs);
            expect(candidates.indexOf(a as ReplicaView)).toBe(renamed.indexOf(b as ReplicaView));
          }
        }),
        settings,
      );
    });

    test('leaves the list of candidates as it was', () => {
      const candidates = Object.freeze(views(Array.from({ length: 8 }, () => idle)));
      const strategy = make();
      for (let nowUs = 0; nowUs < 50; nowUs++) strategy.pick(request, candidates, nowUs);
      expect(candidates.map(({ index }) => index)).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
    });

    test('allocates nothing for a pick', () => {
      const candidates = views(Array.from({ length: 16 }, () => idle));
      const strategy = make();
      const picks = 100_000;
      const pickAll = () => {
        for (let nowUs = 0; nowUs < picks; nowUs++) strategy.pick(request, candidates, nowUs);
      };
      // The first rounds run unoptimised code, which boxes every number a call returns.
      const bytes = Math.min(...Array.from({ length: 10 }, () => heapGrowth(pickAll)));
      // A single object for each pick would be at least 16 bytes times 100,000.
      expect(bytes / picks).toBeLessThan(4);
    });

    test('documents every option with a default, and refuses one it does not have', () => {
      for (const option of describeStrategyOptions(definition)) {
        expect(option.description).not.toBe('');
        expect(option.default).not.toBe('null');
      }
      expect(() => definition.create({ noSuchOption: 1 }, strategyContext(name))).toThrow();
      expect(definition.summary).toMatch(/\.$/);
    });
  },
);

const idle: Load = { inFlight: 0, inFlightPromptTokens: 0, weight: 1 };
