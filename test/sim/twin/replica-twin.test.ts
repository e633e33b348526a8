import { describe, expect, test } from 'vitest';
import type { FleetTwins } from '../../../sim/twin/fleet-twins.ts';
import type { Forecast } from '../../../strategies/shared/fleet-twin.ts';
import type { AttemptEnd } from '../../../strategies/strategy.ts';
import { plainTwins } from '../../support/twins.ts';
import { fleetView, reportedLoad, requestView } from '../../support/views.ts';

const replica = fleetView([0])[0]!;
const ok = { outcome: 'ok', outputTokens: 100, cachedTokens: 0 } as const;
const failed = { outcome: 'failed', outputTokens: Number.NaN, cachedTokens: Number.NaN } as const;

let lastId = 1_000_000;

function ask(twins: FleetTwins, nowUs: number, promptTokens = 500, cachedTokens = 0): Forecast {
  const request = requestView(++lastId, promptTokens);
  return { ...twins.forecast({ request, cachedTokens }, replica, nowUs) };
}

function send(twins: FleetTwins, id: number, promptTokens: number, nowUs: number): void {
  twins.onDispatched({ request: requestView(id, promptTokens), cachedTokens: 0 }, replica, nowUs);
}

/** Sent and ended; its first token comes half way. */
function serve(twins: FleetTwins, id: number, atUs: [number, number], end: AttemptEnd): void {
  const [sentUs, endUs] = atUs;
  send(twins, id, 100, sentUs);
  if (end.outcome === 'ok') twins.onFirstToken(requestView(id), replica, sentUs + 20_000);
  twins.onEnded(requestView(id), replica, end, endUs);
}

/** So many that get tokens since time began. */
function decoding(guests: number, promptTokens: number): FleetTwins {
  const twins = plainTwins(1);
  for (let id = 0; id < guests; id++) {
    send(twins, id, promptTokens, 0);
    twins.onFirstToken(requestView(id), replica, 1);
  }
  return twins;
}

describe('a twin of a replica', () => {
  test('knows that what is cached need not be computed', () => {
    const twins = plainTwins(1);
    const [all, rest] = [ask(twins, 0, 16_000), ask(twins, 0, 16_000, 15_000)];
    expect(rest.promptUs).toBeLessThan(all.promptUs / 4);
    expect(rest.ttftUs).toBeLessThan(all.ttftUs / 4);
    expect(rest.tpotUs).toBe(all.tpotUs);
  });

  test('knows that a prompt waits for those before it, and answers slow each other', () => {
    const twins = plainTwins(1);
    const free = ask(twins, 0);
    send(twins, 1, 20_000, 0);
    const behind = ask(twins, 0);
    expect(behind.ttftUs).toBeGreaterThan(free.ttftUs + 1e6);
    const later = ask(twins, 500_000).ttftUs;
    expect(later).toBeLessThan(behind.ttftUs - 400_000);
    expect(later).toBeGreaterThan(free.ttftUs + 400_000);
    const crowded = ask(decoding(100, 10), 1e3);
    expect(crowded.tpotUs).toBeGreaterThan(free.tpotUs + 90 * 100);
    expect(crowded.harmUs).toBeGreaterThan(0);
  });

  test('makes those wait for whom there are no blocks, or no slot', () => {
    const usual = ask(decoding(99, 4_000), 1e3, 2_000).ttftUs;
    expect(ask(decoding(100, 4_000), 1e3, 2_000).ttftUs).toBeGreaterThan(usual + 10_000);
    const lastSlot = ask(decoding(255, 10), 1e3, 100).ttftUs;
    expect(ask(decoding(256, 10), 1e3, 100).ttftUs).toBeGreaterThan(lastSlot + 10_000);
  });

  test('takes a replica for broken after failures in a row, until an answer begins', () => {
    const twins = plainTwins(1);
    for (let id = 0; id < 3; id++) serve(twins, id, [2_000 * id, 2_000 * id + 1_000], failed);
    expect(ask(twins, 6_000).isBroken).toBe(true);
    expect(ask(twins, 1_100_000).isBroken).toBe(false);
    send(twins, 10, 100, 1_200_000);
    expect(ask(twins, 1_200_000).isBroken).toBe(true);
    twins.onFirstToken(requestView(10), replica, 1_300_000);
    expect(ask(twins, 1_300_000).isBroken).toBe(false);
    for (const id of [11, 12]) serve(twins, id, [1_400_000, 1_500_000], failed);
    expect(ask(twins, 1_500_000).isBroken).toBe(false);
  });

  test('takes a crash for one failure, however many it takes along', () => {
    const twins = plainTwins(1);
    for (let id = 0; id < 10; id++) send(twins, id, 100, 1_000 * id);
    for (let id = 0; id < 10; id++) twins.onEnded(requestView(id), replica, failed, 20_000);
    expect(ask(twins, 20_000).isBroken).toBe(false);
  });

  test('takes nothing to be done for who comes after a prompt that was given up', () => {
    const twins = plainTwins(1);
    const [alone, gone] = [ask(plainTwins(1), 3e6, 10_000), { ...failed, outcome: 'cancelled' }];
    send(twins, 1, 60_000, 0);
    ask(twins, 2.9e6);
    twins.onEnded(requestView(1), replica, gone as AttemptEnd, 3e6);
    expect(ask(twins, 3e6, 10_000).ttftUs).toBeGreaterThan(0.9 * alone.ttftUs);
    send(twins, 2, 10_000, 3e6);
    expect(ask(twins, 3e6, 10_000).ttftUs).toBeGreaterThan(1.8 * alone.ttftUs);
  });

  test('lets others wait behind those of other gateways', () => {
    const twins = plainTwins(1);
    const alone = ask(twins, 0).ttftUs;
    const reported = reportedLoad({ running: 10, waiting: 50 });
    for (let report = 0; report < 30; report++) twins.onReported({ ...replica, reported });
    expect(ask(twins, 200_000).ttftUs).toBeGreaterThan(alone + 40 * 500 * 50);
    // Nothing was heard of them for long.
    expect(ask(twins, 6e6).ttftUs).toBeCloseTo(alone, -3);
  });

  test('learns a pace and of strangers, and forgets both when another engine joins', () => {
    const twins = plainTwins(1);
    const asNew = ask(twins, 0);
    for (let id = 0; id < 100; id++) serve(twins, id, [id * 1e7, id * 1e7 + 8e6], ok);
    const slow = ask(twins, 2e9);
    expect(slow.tpotUs).toBeGreaterThan(3 * asNew.tpotUs);
    const reported = reportedLoad({ sampledAtUs: 2e9, running: 50 });
    for (let report = 0; report < 30; report++) twins.onReported({ ...replica, reported });
    expect(ask(twins, 2e9 + 200_000).tpotUs).toBeGreaterThan(slow.tpotUs + 50 * 100);
    twins.onJoined(replica);
    // But for a mean context that is as much shorter as the answers turned out to be.
    expect(Math.abs(ask(twins, 3e9).tpotUs - asNew.tpotUs)).toBeLessThan(1);
  });
});
