import { describe, expect, test } from 'vitest';
import type { ReplicaView, Strategy } from '../../strategies/strategy.ts';
import { promptView } from '../support/prefix-runs.ts';
import { makeStrategy } from '../support/strategies.ts';
import { fleetView } from '../support/views.ts';

const fleet = fleetView([0, 0, 0, 0]);
const text = [1, 2, 3, 4];
const hashes = promptView(0, text).prefixHashes;

/** All whom it would send a prompt to at this time. */
function chosen(strategy: Strategy, atUs = 0): number[] {
  const picks = Array.from({ length: 100 }, (_, id) =>
    strategy.pick(promptView(id, text), fleet, atUs),
  );
  return [...new Set(picks.map((picked) => (picked as ReplicaView).index))].sort();
}

describe('precise-scorers', () => {
  test('goes to who says that it has the prompt, until it says that it has not', () => {
    const strategy = makeStrategy('precise-scorers');
    expect(chosen(strategy)).toEqual([0, 1, 2, 3]);
    strategy.onKvEvent!(fleet[2]!, { kind: 'stored', hashes }, 0);
    expect(chosen(strategy)).toEqual([2]);
    strategy.onKvEvent!(fleet[2]!, { kind: 'removed', hashes }, 0);
    expect(chosen(strategy)).toEqual([0, 1, 2, 3]);
  });

  test('takes a prompt to be where it was sent while its event may be on its way', () => {
    const strategy = makeStrategy('precise-scorers', { speculationS: 2 });
    for (const replica of fleet) strategy.onKvEvent!(replica, { kind: 'cleared', hashes }, 0);
    strategy.onDispatched!(promptView(1, text), fleet[1]!, 0);
    expect(chosen(strategy, 1e6)).toEqual([1]);
    expect(chosen(strategy, 3e6)).toEqual([0, 1, 2, 3]);
  });

  test('never counts a prefix for more than all of what it compares', () => {
    const weights = { prefix: 1, active: 2 };
    const strategy = makeStrategy('precise-scorers', { weights, blocksPerPrompt: 1 });
    const busy = fleetView([1, 0]);
    strategy.onKvEvent!(busy[0]!, { kind: 'stored', hashes }, 0);
    expect(strategy.pick(promptView(1, text), busy, 0)).toBe(busy[1]);
  });
});
