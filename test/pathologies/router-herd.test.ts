import { describe, expect, test } from 'vitest';
import { defineStrategy, type StrategyDefinition } from '../../strategies/strategy.ts';
import { busiestShare, fatesOf } from '../support/fates.ts';
import { staleFirstIndex } from '../support/negative-controls.ts';
import { rowsOf, runPlain } from '../support/plain-fleet.ts';
import { strategyNamed } from '../support/strategies.ts';

// Dynamo with 16 routers: within one cycle of the metrics all saw the same, all chose the same, and
// one worker got 16 requests.

const routers = 16;
const replicas = 8;
const bursts = 10;

const firstOfTheList = defineStrategy({
  name: 'stale-first-index',
  summary: 'Ties go to the first.',
  needs: ['signals'],
  options: {},
  create: staleFirstIndex,
});

/** A request for each router at once, now and then; the share of one replica in such a burst. */
function burstShare(strategy: StrategyDefinition): number {
  const requests = Array.from({ length: bursts * routers }, (_, request) => ({
    atMs: 10_000 * (1 + Math.floor(request / routers)) + (request % routers),
    outputTokens: 100,
  }));
  const gateway = { routers, signals: { every: '5s' } };
  const rows = rowsOf(runPlain({ replicas, gateway, duration: '120s' }, requests, strategy));
  let sum = 0;
  for (let from = 0; from < rows.length; from += routers) {
    sum += busiestShare(rows.slice(from, from + routers));
  }
  return sum / bursts;
}

describe('sixteen gateways that see the same idle fleet', () => {
  test('send all to one replica when equals are told apart by their order', () => {
    expect(burstShare(firstOfTheList)).toBe(1);
  });

  test('and when they take turns in step', () => {
    expect(burstShare(strategyNamed('round-robin'))).toBe(1);
  });

  test.each(['least-waiting', 'least-load', 'dynamo-kv', 'least-requests', 'predicted-finish'])(
    'spread them by %s, whose ties are chance',
    (name) => {
      const byChance = burstShare(strategyNamed('random'));
      expect(burstShare(strategyNamed(name))).toBeLessThan(byChance + 0.1);
    },
  );
});

describe('between two reports', () => {
  const everyS = 2;
  const world = {
    replicas,
    traffic: [
      {
        arrivals: { kind: 'poisson', rate: 80 },
        input: { kind: 'constant', tokens: 100 },
        output: { kind: 'constant', tokens: 500 },
      },
    ],
    gateway: { signals: { every: `${everyS}s` } },
    warmup: '0s',
    duration: '40s',
  };
  const asReported = { correct: 'nothing', discountAfterS: 86_400, dropAfterS: 86_400 };

  /** The mean over half a period each, after the fleet has filled. */
  function share(options: Readonly<Record<string, unknown>>): number {
    const rows = fatesOf(world, 'least-load', options);
    const shares: number[] = [];
    for (let fromS = 10; fromS < 40; fromS += everyS / 2) {
      const until = (fromS + everyS / 2) * 1e6;
      shares.push(
        busiestShare(
          rows.filter(({ intendedUs }) => intendedUs >= fromS * 1e6 && intendedUs < until),
        ),
      );
    }
    return shares.reduce((sum, one) => sum + one, 0) / shares.length;
  }

  test('a gateway that counts what it has sent does not herd, and one that does not does', () => {
    expect(share(asReported)).toBeGreaterThan(3 / replicas);
    expect(share({})).toBeLessThan(1.6 / replicas);
  });
});
