import { expect, test } from 'vitest';
import { randomIndex } from '../../../core/random.ts';
import { simulate } from '../../../sim/simulate.ts';
import type { Question } from '../../../strategies/shared/fleet-twin.ts';
import { defineStrategy, type StrategyDefinition } from '../../../strategies/strategy.ts';
import { libraryScenario } from '../../support/scenarios.ts';

interface Told {
  readonly ttftUs: number;
  readonly tpotUs: number;
}

/** Sends anywhere, and notes what the twins say of it. */
function noting(told: Map<number, Told>): StrategyDefinition {
  return defineStrategy({
    name: 'noting',
    summary: 'Any replica.',
    needs: ['twin'],
    options: {},
    create: (_options, { random, twin }) => {
      const asked = (request: Question['request']) => ({ request, cachedTokens: 0 });
      return {
        pick: (request, candidates, nowUs) => {
          const replica = candidates[randomIndex(random, candidates.length)]!;
          const { tpotUs, ttftUs } = twin!.forecast(asked(request), replica, nowUs);
          told.set(request.id, { ttftUs, tpotUs });
          return replica;
        },
        onDispatched: (request, replica, nowUs) =>
          twin!.onDispatched(asked(request), replica, nowUs),
        onFirstToken: (request, replica, nowUs) => twin!.onFirstToken(request, replica, nowUs),
        onEnded: (request, replica, end, nowUs) => twin!.onEnded(request, replica, end, nowUs),
      };
    },
  });
}

function ratios(name: string) {
  const told = new Map<number, Told>();
  const scenario = { ...libraryScenario(name), warmupUs: 60e6, durationUs: 240e6 };
  const strategy = noting(told);
  const { log } = simulate({ scenario, strategy, strategyOptions: {}, seed: 1 });
  const column = (key: Parameters<typeof log.numbers>[0]) => log.numbers(key);
  const [ids, sent, first, last] = [
    column('id'),
    column('dispatchedUs'),
    column('firstTokenUs'),
    column('lastTokenUs'),
  ];
  const tokens = column('outputTokens');
  const ttft: number[] = [];
  const tpot: number[] = [];
  for (let row = 0; row < log.length; row++) {
    if (!(sent[row]! > scenario.warmupUs) || Number.isNaN(last[row]!)) continue;
    const forecast = told.get(ids[row]!)!;
    ttft.push(forecast.ttftUs / (first[row]! - sent[row]!));
    if (tokens[row]! < 50) continue;
    tpot.push(forecast.tpotUs / ((last[row]! - first[row]!) / (tokens[row]! - 1)));
  }
  return { ttft: spread(ttft), tpot: spread(tpot) };
}

function spread(all: number[]): { p10: number; p50: number; p90: number } {
  const sorted = all.toSorted((a, b) => a - b);
  const at = (q: number) => sorted[Math.floor(q * (sorted.length - 1))]!;
  return { p10: at(0.1), p50: at(0.5), p90: at(0.9) };
}

test.each(['azure-chat', 'reasoning-longtail'])(
  'of %s, half of the forecasts are nearly right and most not far off',
  (name) => {
    const { tpot, ttft } = ratios(name);
    for (const { p10, p50, p90 } of [tpot, ttft]) {
      expect(p50).toBeGreaterThan(0.7);
      expect(p50).toBeLessThan(1.15);
      expect(p10).toBeGreaterThan(0.5);
      expect(p90).toBeLessThan(1.65);
    }
  },
);
