import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { KvEvent, ReplicaView, Strategy } from '../../strategies/strategy.ts';
import { bestPlaces, playPrefixes, prefixRuns, promptView } from '../support/prefix-runs.ts';
import { makeStrategy } from '../support/strategies.ts';
import { fleetView } from '../support/views.ts';

describe.each(['loadaware-prefix', 'precise-prefix'])('%s', (name) => {
  test('weighs the share of the prompt against the load above the mean', () => {
    const weights = fc.constantFrom(0, 0.3, 1, 4);
    const property = fc.property(prefixRuns, weights, (run, loadWeight) => {
      for (const { fleet, matches, picked, request } of playPrefixes(
        makeStrategy(name, { loadWeight }),
        run,
      )) {
        const mean = fleet.reduce((sum, { inFlight }) => sum + inFlight, 0) / fleet.length;
        const costs = fleet.map(({ inFlight }, i) => [
          (loadWeight * (inFlight - mean)) / Math.max(1, mean) -
            (16 * matches[i]!) / request.promptTokens,
        ]);
        expect(bestPlaces(costs)).toContain(picked.index);
      }
    });
    fc.assert(property, { seed: 1, numRuns: 500 });
  });
});

describe('precise-prefix', () => {
  const text = [1, 2, 3];
  const fleet = fleetView([0, 0]);
  const tell = (strategy: Strategy, replica: number, kind: KvEvent['kind'], told = text) => {
    const { prefixHashes: hashes } = promptView(0, told);
    strategy.onKvEvent!(fleet[replica]!, { kind, hashes }, 0);
  };
  const picks = (strategy: Strategy, nowUs: number) => {
    const seen = Array.from({ length: 20 }, () => strategy.pick(promptView(1, text), fleet, nowUs));
    return [...new Set(seen.map((picked) => (picked as ReplicaView).index))].sort();
  };

  test('believes what replicas tell, until they tell otherwise', () => {
    const strategy = makeStrategy('precise-prefix');
    tell(strategy, 1, 'stored');
    expect(picks(strategy, 1e9)).toEqual([1]);
    tell(strategy, 1, 'removed');
    expect(picks(strategy, 1e9)).toEqual([0, 1]);
    tell(strategy, 0, 'stored');
    expect(picks(strategy, 1e9)).toEqual([0]);
    tell(strategy, 0, 'cleared', []);
    expect(picks(strategy, 1e9)).toEqual([0, 1]);
  });

  test('takes what was sent for cached for two seconds, where replicas tell', () => {
    const strategy = makeStrategy('precise-prefix');
    tell(strategy, 1, 'cleared', []);
    strategy.onDispatched!(promptView(0, text), fleet[1]!, 1e6);
    expect(picks(strategy, 3e6)).toEqual([1]);
    expect(picks(strategy, 3e6 + 1)).toEqual([0, 1]);
  });

  test('goes by what was sent, where replicas never tell', () => {
    const strategy = makeStrategy('precise-prefix');
    strategy.onDispatched!(promptView(0, text), fleet[1]!, 0);
    expect(picks(strategy, 1e12)).toEqual([1]);
  });

  test.each(['onLeft', 'onJoined'] as const)('forgets all of a replica on %s', (hook) => {
    const strategy = makeStrategy('precise-prefix');
    tell(strategy, 1, 'stored');
    strategy.onDispatched!(promptView(0, text), fleet[1]!, 0);
    expect(picks(strategy, 0)).toEqual([1]);
    strategy[hook]!(fleet[1]!, 0);
    expect(picks(strategy, 0)).toEqual([0, 1]);
  });

  test('compares no more of what replicas tell than it is told to', () => {
    const seen = [0, 1, 2].map((blocksPerPrompt) => {
      const strategy = makeStrategy('precise-prefix', { blocksPerPrompt });
      tell(strategy, 0, 'stored', [1]);
      tell(strategy, 1, 'stored');
      return picks(strategy, 0);
    });
    expect(seen).toEqual([[1], [0, 1], [1]]);
  });

  test('knows an engine that has joined by what was sent there, until it tells something', () => {
    const strategy = makeStrategy('precise-prefix');
    tell(strategy, 1, 'stored');
    strategy.onLeft!(fleet[1]!, 0);
    strategy.onJoined!(fleet[1]!, 0);
    strategy.onDispatched!(promptView(0, text), fleet[1]!, 0);
    expect(picks(strategy, 1e12)).toEqual([1]);
    tell(strategy, 1, 'cleared', []);
    expect(picks(strategy, 1e12)).toEqual([0, 1]);
  });
});
