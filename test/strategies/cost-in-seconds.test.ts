import { describe, expect, test } from 'vitest';
import type { ReplicaView } from '../../strategies/strategy.ts';
import { makeStrategy } from '../support/strategies.ts';
import { tellServed } from '../support/strategy-life.ts';
import { fleetView, reportedLoad, requestView } from '../support/views.ts';

type Given = (index: number) => Partial<ReplicaView>;

function pick(given: Given, replicas: number, options: object = {}, told?: readonly number[]) {
  const strategy = makeStrategy('cost-in-seconds', { ...options });
  const fleet = fleetView(new Array<number>(replicas).fill(0), ({ index }) => given(index));
  // So many tokens per second, one request after the other; prompts as long as they are taken to be.
  for (const [index, tokensPerS] of (told ?? []).entries()) {
    for (let i = 0; i < 20; i++) {
      const ttftUs = (1_024 / tokensPerS) * 1e6;
      const request = { promptTokens: 1_024 };
      tellServed(strategy, fleet[index]!, { sentUs: i * 1e7, ttftUs, totalUs: 9e6, request });
    }
  }
  return (strategy.pick(requestView(0, 1_000), fleet, 2e8) as ReplicaView).index;
}

const freshly = (given: object) => reportedLoad({ sampledAtUs: 2e8, ...given });

describe('cost-in-seconds', () => {
  test('takes the shortest time to read what waits, at the rate it has learned', () => {
    const waiting = [4, 9];
    const given: Given = (index) => ({ reported: freshly({ waiting: waiting[index] }) });
    expect(pick(given, 2)).toBe(0);
    // 4,096 tokens at 1,000 a second take longer than 9,216 at 8,000.
    expect(pick(given, 2, {}, [1_000, 8_000])).toBe(1);
  });

  test('counts what it sent since the report, and what it has there that has not begun', () => {
    const sent: Given = (index) => ({
      reported: freshly({ waiting: 1 - index, sentPromptTokensSince: 2_000 * index }),
    });
    expect(pick(sent, 2)).toBe(0);
    expect(pick(sent, 2, { correct: 'nothing' })).toBe(1);
    const awaiting: Given = (index) => ({
      reported: freshly({}),
      awaitingPromptTokens: index === 0 ? 30_000 : 0,
    });
    expect(pick(awaiting, 2)).toBe(1);
  });

  test('has a barrier against a full cache, in seconds', () => {
    // 0.15 · 0.9 / 0.1 = 1.35 s, as much as 2,700 tokens at 2,000 a second.
    const against =
      (tokens: number): Given =>
      (index) => ({
        reported: freshly(index === 0 ? { kvUsage: 0.9 } : { sentPromptTokensSince: tokens }),
        kvTokens: 1e12,
      });
    expect(pick(against(2_600), 2)).toBe(1);
    expect(pick(against(2_800), 2)).toBe(0);
    expect(pick(against(2_800), 2, { kvBarrierS: 0.3 })).toBe(1);
    // Full to the brim is dear and not infinite: 150 s.
    const full: Given = (index) => ({
      reported: freshly(index === 0 ? { kvUsage: 1 } : { sentPromptTokensSince: 400_000 }),
      kvTokens: 1e12,
    });
    expect(pick(full, 2)).toBe(0);
  });

  test('takes a slow idle replica for a slow one when it counts the prompt itself', () => {
    const idle: Given = () => ({ reported: freshly({}) });
    for (let i = 0; i < 5; i++) {
      expect(pick(idle, 2, { countOwnPrompt: true }, [1_000, 8_000])).toBe(1);
    }
  });

  test('without reports takes what it has there itself', () => {
    expect(pick((index) => ({ awaitingPromptTokens: [900, 100, 500][index] ?? 0 }), 3)).toBe(1);
  });
});
