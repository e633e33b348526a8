import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { ReplicaView } from '../../strategies/strategy.ts';
import { bestPlaces, playPrefixes, prefixRuns, promptView } from '../support/prefix-runs.ts';
import { makeStrategy } from '../support/strategies.ts';
import { fleetView } from '../support/views.ts';

describe('cache-aware', () => {
  test('decides by load when loads are uneven, and by a match of more than half when not', () => {
    const kinds = new Map<string, number>();
    const property = fc.property(prefixRuns, (run) => {
      const sent: number[] = [];
      for (const { fleet, matches, picked, request } of playPrefixes(
        makeStrategy('cache-aware'),
        run,
      )) {
        const loads = fleet.map(({ inFlight }) => inFlight);
        const [least, most] = [Math.min(...loads), Math.max(...loads)];
        const isUneven = most - least > 32 && most > 1.1 * least;
        const longest = Math.max(...matches);
        const isHeld = longest * 16 > request.promptTokens / 2;
        const kind = isUneven ? 'uneven' : isHeld ? 'held' : 'new';
        kinds.set(kind, (kinds.get(kind) ?? 0) + 1);
        const ranks = fleet.map(({ inFlight, index }) => {
          const isOut = kind === 'held' && matches[index]! < longest;
          return [isOut ? 1 : 0, inFlight, sent[index] ?? 0, index];
        });
        expect(picked.index).toBe(bestPlaces(ranks)[0]);
        sent[picked.index] = (sent[picked.index] ?? 0) + 1;
      }
    });
    fc.assert(property, { seed: 1, numRuns: 500 });
    for (const kind of ['uneven', 'held', 'new']) expect(kinds.get(kind)).toBeGreaterThan(100);
  });

  test('forgets whatever is beyond its memory', () => {
    const strategy = makeStrategy('cache-aware', { blocksPerReplica: 8 });
    const fleet = fleetView([1, 0]);
    const text = new Array<number>(12).fill(7);
    const pick = (long: readonly number[]) =>
      (strategy.pick(promptView(1, long), fleet, 0) as ReplicaView).index;
    strategy.onDispatched!(promptView(0, text), fleet[0]!, 0);
    expect([pick(text), pick([...text, ...new Array<number>(10).fill(8)])]).toEqual([0, 1]);
  });

  test.each(['onLeft', 'onJoined'] as const)('forgets all of a replica on %s', (hook) => {
    const strategy = makeStrategy('cache-aware');
    const fleet = fleetView([1, 0]);
    const prompt = promptView(0, [1, 2, 3, 4]);
    strategy.onDispatched!(prompt, fleet[0]!, 0);
    expect(strategy.pick(prompt, fleet, 1)).toBe(fleet[0]);
    strategy[hook]!(fleet[0]!, 2);
    expect(strategy.pick(prompt, fleet, 3)).toBe(fleet[1]);
  });
});
