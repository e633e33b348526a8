import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { noLimits } from '../../core/slo.ts';
import type { AttemptEnd, ReplicaView, RequestView, Strategy } from '../../strategies/strategy.ts';
import { makeStrategy } from '../support/strategies.ts';
import { fleetView, reportedLoad, requestView } from '../support/views.ts';

const name = 'predicted-finish';
const fleet = fleetView(new Array(8).fill(0));

function send(strategy: Strategy, id: number, promptTokens: number, nowUs: number): ReplicaView {
  const request = requestView(id, promptTokens);
  const replica = strategy.pick(request, fleet, nowUs) as ReplicaView;
  strategy.onDispatched?.(request, replica, nowUs);
  return replica;
}

describe('predicted-finish', () => {
  test('deals a burst of equal requests out evenly, before anything is heard of them', () => {
    const property = fc.property(fc.integer({ min: 1, max: 80 }), fc.nat(), (requests, seed) => {
      const strategy = makeStrategy(name, {}, seed);
      const counts = new Array<number>(8).fill(0);
      for (let id = 0; id < requests; id++) counts[send(strategy, id, 1_000, 0).index]! += 1;
      expect(Math.max(...counts) - Math.min(...counts)).toBeLessThanOrEqual(1);
    });
    fc.assert(property, { seed: 1, numRuns: 50 });
  });

  test('avoids the replica that is busy with a long prompt until that is done', () => {
    const strategy = makeStrategy(name);
    const long = send(strategy, 0, 60_000, 0);
    for (let id = 1; id < 8; id++) expect(send(strategy, id, 100, 1_000)).not.toBe(long);
    // The others still have what they were sent.
    strategy.onFirstToken?.(requestView(0, 60_000), long, 20_000_000);
    strategy.onEnded?.(requestView(0, 60_000), long, ended, 20_500_000);
    expect(send(strategy, 8, 100, 20_500_000)).toBe(long);
  });

  test('goes where the prompt is cached, unless the queue there is longer than computing it', () => {
    const strategy = makeStrategy(name);
    const prefixHashes = Float64Array.from({ length: 500 }, (_, block) => block + 1);
    const first = requestView(0, 8_000, { prefixHashes });
    const home = strategy.pick(first, fleet, 0) as ReplicaView;
    strategy.onDispatched?.(first, home, 0);
    strategy.onFirstToken?.(first, home, 500_000);
    strategy.onEnded?.(first, home, ended, 600_000);
    const again = requestView(1, 8_000, { prefixHashes });
    expect(strategy.pick(again, fleet, 1_000_000)).toBe(home);
    const other = requestView(2, 60_000);
    strategy.onDispatched?.(other, home, 1_000_000);
    expect(strategy.pick(again, fleet, 1_000_000)).not.toBe(home);
  });

  test('takes a prompt for cached until answers have filled the cache, or a new engine joins', () => {
    const prefixHashes = Float64Array.from({ length: 500 }, (_, block) => block + 1);
    const prompt = (id: number) => requestView(id, 8_000, { prefixHashes });
    const [home, other] = [fleet[2]!, fleet[3]!];
    const served = () => {
      const strategy = makeStrategy(name);
      const answer = { ...ended, outputTokens: 30_000 };
      serve(strategy, prompt(0), home, 0);
      for (let id = 1; id < 13; id++) {
        const short = requestView(id, 20, { prefixHashes: Float64Array.of(1e9 + id) });
        serve(strategy, short, home, id * 1e6, answer);
      }
      // Equally long answers elsewhere, so that the prompts alone tell the two apart.
      for (let id = 21; id < 34; id++)
        serve(strategy, requestView(id, 20), other, id * 1e6, answer);
      return strategy;
    };
    const picks = (strategy: Strategy, id: number) => strategy.pick(prompt(id), [home, other], 2e9);
    expect(picks(served(), 50)).toBe(home);
    const full = served();
    serve(full, requestView(40, 20, { prefixHashes: Float64Array.of(7e9) }), home, 1e9, {
      ...ended,
      outputTokens: 60_000,
    });
    const seen = (strategy: Strategy) =>
      new Set(Array.from({ length: 40 }, (_, id) => picks(strategy, 60 + id)));
    expect(seen(full).size).toBe(2);
    const renewed = served();
    renewed.onJoined?.(home, 1e9);
    expect(seen(renewed).size).toBe(2);
  });

  test('weighs the computing of a prompt besides the waiting, as much as it is told to', () => {
    const prefixHashes = Float64Array.from({ length: 500 }, (_, block) => block + 1);
    const picked = [0, 1_000].map((promptWeight) => {
      const strategy = makeStrategy(name, { promptWeight });
      serve(strategy, requestView(0, 8_000, { prefixHashes }), fleet[0]!, 0);
      strategy.onDispatched?.(requestView(1, 12_000), fleet[0]!, 1e6);
      return strategy.pick(requestView(2, 8_000, { prefixHashes }), fleet, 1e6);
    });
    expect(picked[0]).not.toBe(fleet[0]);
    expect(picked[1]).toBe(fleet[0]);
  });

  test('keeps away from a replica that others have sent to, as far as it reports that', () => {
    const strategy = makeStrategy(name);
    const reported = reportedLoad({ running: 60 });
    for (const replica of fleet.slice(1)) {
      for (let report = 0; report < 20; report++) {
        strategy.onReported?.({ ...replica, reported }, 0);
      }
    }
    expect(strategy.pick(requestView(0, 100), fleet, 1e6)).toBe(fleet[0]);
    // A new engine has nothing of what the old one had.
    for (const replica of fleet.slice(1)) strategy.onJoined?.(replica, 1e6);
    const picks = Array.from({ length: 40 }, (_, id) => strategy.pick(requestView(id), fleet, 2e6));
    expect(new Set(picks).size).toBeGreaterThan(4);
  });

  test('stops sending to who fails everything at once', () => {
    const strategy = makeStrategy(name);
    const counts = new Array<number>(8).fill(0);
    for (let id = 0; id < 400; id++) {
      const nowUs = id * 100_000;
      const replica = send(strategy, id, 500, nowUs);
      const request = requestView(id, 500);
      counts[replica.index]! += 1;
      if (replica.index === 3) {
        strategy.onEnded?.(request, replica, { ...ended, outcome: 'failed' }, nowUs + 1_000);
      } else {
        strategy.onFirstToken?.(request, replica, nowUs + 40_000);
        strategy.onEnded?.(request, replica, ended, nowUs + 90_000);
      }
    }
    expect(counts[3]).toBeLessThan(12);
    expect(counts[3]).toBeGreaterThan(2);
  });

  test('keeps a batch job away from those who are in a hurry', () => {
    const strategy = makeStrategy(name);
    const chat = { limits: { ...noLimits, tpotUs: 50_000 } };
    for (let id = 0; id < 20; id++) {
      for (const [index, given] of [chat, {}].entries()) {
        const request = requestView(2 * id + index, 1_000, given);
        strategy.onDispatched?.(request, fleet[index]!, 0);
        strategy.onFirstToken?.(request, fleet[index]!, 1_000_000);
      }
    }
    const candidates = fleet.slice(0, 2);
    const batch = (id: number) => requestView(id, 4_000);
    for (let id = 100; id < 110; id++) {
      expect(strategy.pick(batch(id), candidates, 1_000_000)).toBe(fleet[1]);
    }
  });

  test('keeps those that will be late together, but only once clients go away', () => {
    const strategy = overloaded();
    expect(strategy.pick(inHaste(50), fleet, 0)).not.toBe(fleet[0]);
    for (let id = 100; id < 120; id++) endEarly(strategy, id, 'cancelled');
    expect(strategy.pick(inHaste(51), fleet, 0)).toBe(fleet[0]);
    // Who can still be in time is sent where it is.
    expect(strategy.pick(requestView(52, 10), fleet, 0)).not.toBe(fleet[0]);
  });

  test('does not take an attempt that was outrun by another for a client that went away', () => {
    const strategy = overloaded();
    for (let id = 100; id < 200; id++) endEarly(strategy, id, 'outrun');
    expect(strategy.pick(inHaste(50), fleet, 0)).not.toBe(fleet[0]);
  });

  test('does not hold it against a replica that it refuses what makes no sense', () => {
    const strategy = makeStrategy(name);
    const counts = new Array<number>(8).fill(0);
    for (let id = 0; id < 400; id++) {
      const nowUs = id * 100_000;
      const replica = send(strategy, id, 500, nowUs);
      counts[replica.index]! += 1;
      const refused = { ...ended, outcome: 'refused' } as const;
      strategy.onEnded?.(requestView(id, 500), replica, refused, nowUs + 1_000);
    }
    expect(Math.min(...counts)).toBeGreaterThan(20);
  });

  test('leaves a replica that has gone silent', () => {
    const strategy = makeStrategy(name);
    const counts = new Array<number>(8).fill(0);
    for (let id = 0; id < 400; id++) {
      const nowUs = id * 100_000;
      const replica = send(strategy, id, 500, nowUs);
      counts[replica.index]! += 1;
      if (replica.index === 3) continue;
      strategy.onFirstToken?.(requestView(id, 500), replica, nowUs + 40_000);
      strategy.onEnded?.(requestView(id, 500), replica, ended, nowUs + 90_000);
    }
    expect(counts[3]).toBeLessThan(10);
  });

  test('sends a replica that is three times slower less than half as much', () => {
    const strategy = makeStrategy(name);
    const counts = new Array<number>(8).fill(0);
    const events: { atUs: number; act: (nowUs: number) => void }[] = [];
    for (let id = 0; id < 3_000; id++) {
      const nowUs = id * 25_000;
      events.sort((a, b) => a.atUs - b.atUs);
      while (events.length > 0 && events[0]!.atUs <= nowUs) {
        const { act, atUs } = events.shift()!;
        act(atUs);
      }
      const request = requestView(id, 500);
      const replica = send(strategy, id, 500, nowUs);
      if (id >= 1_000) counts[replica.index]! += 1;
      const pace = replica.index === 3 ? 3 : 1;
      const firstUs = nowUs + pace * 40_000;
      const endUs = firstUs + pace * 99 * 6_000;
      const first = () => strategy.onFirstToken?.(request, replica, firstUs);
      const end = { ...ended, outputTokens: 100 };
      events.push({ atUs: firstUs, act: first });
      events.push({ atUs: endUs, act: () => strategy.onEnded?.(request, replica, end, endUs) });
    }
    const others = counts.filter((_, index) => index !== 3);
    expect(counts[3]).toBeLessThan(Math.min(...others) / 2);
  });
});

function serve(
  strategy: Strategy,
  request: RequestView,
  replica: ReplicaView,
  sentUs: number,
  end: AttemptEnd = ended,
): void {
  strategy.onDispatched?.(request, replica, sentUs);
  strategy.onFirstToken?.(request, replica, sentUs + 40_000);
  strategy.onEnded?.(request, replica, end, sentUs + 500_000);
}

/** A request that nobody can serve in time who has others of the kind. */
function inHaste(id: number): RequestView {
  return requestView(id, 20_000, { limits: { ...noLimits, ttftUs: 500_000 } });
}

/** Twenty of them wait at the first replica, and three or so at each of the others. */
function overloaded(): Strategy {
  const strategy = makeStrategy(name);
  for (let id = 0; id < 40; id++) {
    strategy.onDispatched?.(inHaste(id), fleet[id < 20 ? 0 : 1 + (id % 7)]!, 0);
  }
  return strategy;
}

function endEarly(strategy: Strategy, id: number, outcome: AttemptEnd['outcome']): void {
  strategy.onDispatched?.(requestView(id, 1), fleet[7]!, 0);
  strategy.onEnded?.(requestView(id, 1), fleet[7]!, { ...ended, outcome }, 0);
}

const ended = { outcome: 'ok', outputTokens: 50, cachedTokens: 0 } as const;
