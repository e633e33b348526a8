import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { ReplicaView } from '../../strategies/strategy.ts';
import { bestPlaces, playPrefixes, prefixRuns, promptView } from '../support/prefix-runs.ts';
import { makeStrategy } from '../support/strategies.ts';
import { anyUsage, fleetView, requestView, tally } from '../support/views.ts';

const ended = { outcome: 'ok', ...anyUsage } as const;

describe('dynamo-kv', () => {
  test('picks the least blocks to compute and in use, and takes account of what it sent', () => {
    const property = fc.property(prefixRuns, fc.constantFrom(0, 0.5, 2), (run, overlapWeight) => {
      const strategy = makeStrategy('dynamo-kv', { overlapWeight });
      const held = run[0]!.inFlight.map(() => 0);
      for (const { matches, picked, request } of playPrefixes(strategy, run)) {
        const blocks = request.promptTokens / 16;
        const costs = matches.map((cached, i) => [
          Math.max(0, held[i]! + blocks - overlapWeight * cached) + held[i]! + blocks - cached,
        ]);
        expect(bestPlaces(costs)).toContain(picked.index);
        held[picked.index]! += blocks - matches[picked.index]!;
      }
    });
    fc.assert(property, { seed: 1, numRuns: 500 });
  });

  test('has less to compute there after a first token, and nothing after the end', () => {
    const strategy = makeStrategy('dynamo-kv', { prefillWeight: 10 });
    const fleet = fleetView([0, 0]);
    const [first, second] = [requestView(1, 1_600), requestView(2, 800)];
    const pick = () => (strategy.pick(requestView(3, 16), fleet, 0) as ReplicaView).index;
    strategy.onDispatched!(first, fleet[0]!, 0);
    strategy.onDispatched!(second, fleet[1]!, 0);
    expect(pick()).toBe(1);
    strategy.onFirstToken!(first, fleet[0]!, 1);
    expect(pick()).toBe(0);
    strategy.onFirstToken!(second, fleet[1]!, 1);
    expect(pick()).toBe(1);
    strategy.onEnded!(first, fleet[0]!, ended, 2);
    expect(pick()).toBe(0);
    // Whoever fails before the first token gives all back as well.
    const third = requestView(4, 16_000);
    strategy.onDispatched!(third, fleet[0]!, 3);
    expect(pick()).toBe(1);
    strategy.onEnded!(third, fleet[0]!, { ...ended, outcome: 'failed' }, 4);
    expect(pick()).toBe(0);
  });

  test('gives less credit to who has more to compute, if told to', () => {
    const fleet = fleetView([0, 0]);
    const pick = (overlapDecay: number) => {
      const strategy = makeStrategy('dynamo-kv', { overlapDecay, overlapWeight: 3 });
      const prompt = promptView(1, [1, 2, 3, 4]);
      strategy.onDispatched!(prompt, fleet[0]!, 0);
      return (strategy.pick(prompt, fleet, 0) as ReplicaView).index;
    };
    expect([pick(0), pick(10)]).toEqual([0, 1]);
  });

  test('draws by the softmax of the costs at a temperature', () => {
    const fleet = fleetView([0, 1, 2]);
    const strategy = makeStrategy('dynamo-kv', { requestWeight: 10, temperature: 0.5 });
    const counts = tally(20_000, 3, (request) => strategy.pick(request, fleet, 0));
    const chances = [1, Math.exp(-1), Math.exp(-2)];
    const sum = chances.reduce((a, b) => a + b, 0);
    for (const [i, chance] of chances.entries()) {
      // Five standard deviations are less than 350.
      expect(Math.abs(counts[i]! - (20_000 * chance) / sum)).toBeLessThan(350);
    }
  });

  test('owes nothing for a hedge that lost, whichever of the two it was', () => {
    const fleet = fleetView([0, 0]);
    for (const winner of [0, 1]) {
      const strategy = makeStrategy('dynamo-kv');
      const request = requestView(1, 16_000);
      for (const replica of fleet) strategy.onDispatched!(request, replica, 0);
      const loser = fleet[1 - winner]!;
      strategy.onEnded!(request, loser, { ...ended, outcome: 'cancelled' }, 1);
      strategy.onFirstToken!(request, fleet[winner]!, 1);
      strategy.onEnded!(request, fleet[winner]!, ended, 2);
      const counts = tally(100, 2, (next) => strategy.pick(next, fleet, 3));
      expect(Math.min(...counts)).toBeGreaterThan(20);
    }
  });
});
