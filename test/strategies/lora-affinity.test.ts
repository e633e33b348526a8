import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { AdapterSlots } from '../../strategies/shared/adapter-slots.ts';
import type { ReplicaView, Strategy } from '../../strategies/strategy.ts';
import { makeStrategy } from '../support/strategies.ts';
import { anyUsage, fleetView, requestView } from '../support/views.ts';

const idle = fleetView([0, 0, 0, 0]);

function send(strategy: Strategy, adapter: number, fleet: readonly ReplicaView[] = idle): number {
  const request = requestView(adapter, 100, { adapter });
  const picked = strategy.pick(request, fleet, 0) as ReplicaView;
  strategy.onDispatched?.(request, picked, 0);
  return picked.index;
}

function finish(strategy: Strategy, adapter: number, index: number): void {
  const request = requestView(adapter, 100, { adapter });
  strategy.onEnded?.(request, idle[index]!, { outcome: 'ok', ...anyUsage }, 1);
}

describe('lora-affinity', () => {
  test('sends an adapter where it is, and a new one where there is room', () => {
    const strategy = makeStrategy('lora-affinity');
    const homes = [1, 2, 3, 4].map((adapter) => send(strategy, adapter));
    expect([...homes].sort()).toEqual([0, 1, 2, 3]);
    for (let round = 0; round < 3; round++) {
      expect([1, 2, 3, 4].map((adapter) => send(strategy, adapter))).toEqual(homes);
    }
  });

  test('prefers to wait where it waits already, when there is no room', () => {
    const strategy = makeStrategy('lora-affinity');
    for (const adapter of [1, 2, 3, 4]) send(strategy, adapter);
    const waits = send(strategy, 5);
    for (let i = 0; i < 5; i++) expect(send(strategy, 5)).toBe(waits);
  });

  test('lets an idle adapter be pushed out, and finds it where it still is', () => {
    const strategy = makeStrategy('lora-affinity', { slots: 2 });
    const one = fleetView([0]);
    for (const adapter of [1, 2]) send(strategy, adapter, one);
    finish(strategy, 1, 0);
    // There is room on replica 0, but also on the others, which have fewer requests.
    const loaded = fleetView([3, 0, 0, 0]);
    expect(send(strategy, 3, loaded)).not.toBe(0);
    expect(send(strategy, 1, loaded)).toBe(0);
  });

  test('ends its affinity where one has too great a lead', () => {
    const strategy = makeStrategy('lora-affinity', { maxLead: 8 });
    const home = send(strategy, 1);
    const lead = (requests: number) =>
      fleetView(idle.map(({ index }) => (index === home ? requests : 0)));
    expect(send(strategy, 1, lead(8))).toBe(home);
    expect(send(strategy, 1, lead(9))).not.toBe(home);
  });

  test('is least requests for who has no adapter', () => {
    const strategy = makeStrategy('lora-affinity');
    for (let i = 0; i < 20; i++) expect(send(strategy, 0, fleetView([3, 1, 2, 5]))).toBe(1);
  });
});

test('slots hold no more adapters than there are, and never one with requests for another', () => {
  const steps = fc.array(
    fc.record({ adapter: fc.integer({ min: 1, max: 6 }), ends: fc.boolean() }),
  );
  const property = fc.property(steps, fc.integer({ min: 1, max: 4 }), (all, count) => {
    const slots = new AdapterSlots(count);
    const inFlight = new Map<number, number>();
    let before: number[] = [];
    for (const { adapter, ends } of all) {
      const now = inFlight.get(adapter) ?? 0;
      if (ends && now === 0) continue;
      inFlight.set(adapter, now + (ends ? -1 : 1));
      if (ends) slots.ended(adapter);
      else slots.sent(adapter);
      const adapters = [1, 2, 3, 4, 5, 6];
      const held = adapters.filter((one) => slots.holds(one));
      const busy = adapters.filter((one) => (inFlight.get(one) ?? 0) > 0);
      expect(held.length).toBeLessThanOrEqual(count);
      // Who is busy holds a slot or waits for one, and nobody waits while there is room.
      for (const one of busy) expect(slots.holds(one) !== slots.waits(one)).toBe(true);
      if (slots.hasRoom()) expect(adapters.some((one) => slots.waits(one))).toBe(false);
      for (const one of before) if (busy.includes(one)) expect(held).toContain(one);
      before = held.filter((one) => busy.includes(one));
    }
  });
  fc.assert(property, { seed: 1, numRuns: 1_000 });
});
