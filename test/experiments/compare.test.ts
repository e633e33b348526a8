import { describe, expect, test } from 'vitest';
import { type CompareOptions, compare } from '../../experiments/compare.ts';
import { smallScenario } from '../support/scenarios.ts';

const base: CompareOptions = {
  scenario: smallScenario(),
  strategies: ['random', 'least-requests'].map((name) => ({ name, options: {} })),
  seeds: [1, 2, 3, 4],
  by: 'ttftP99Ms',
  version: 'test',
};

describe('a comparison', () => {
  test('of a strategy with itself under two names of its options is identical', async () => {
    const strategies = [
      { name: 'least-tokens', options: {} },
      { name: 'least-tokens', options: { tokensPerRequest: 1_000 } },
    ];
    const result = await compare({ ...base, strategies });
    expect(result!.verdict.kind).toBe('identical');
    expect(result!.verdict.change).toMatchObject({ estimate: 0, seedsDiffering: 0 });
  });

  test('names the winner whatever the order of the strategies', async () => {
    const forward = await compare(base);
    const backward = await compare({ ...base, strategies: base.strategies.toReversed() });
    expect(backward!.verdict).toEqual(forward!.verdict);
  });

  test('of one strategy reports it and compares nothing', async () => {
    const result = await compare({ ...base, strategies: base.strategies.slice(0, 1) });
    expect(result!.verdict).toMatchObject({ kind: 'single', best: 'random', change: null });
  });

  test('does not run the same thing twice', async () => {
    const strategies = [...base.strategies, ...base.strategies];
    expect((await compare({ ...base, strategies }))!.strategies).toHaveLength(2);
  });

  test('has one best strategy in every metric that anybody has', async () => {
    const result = await compare(base);
    for (const metric of Object.keys(result!.strategies[0]!.metrics)) {
      const standings = result!.strategies.map(
        ({ metrics }) => metrics[metric as keyof typeof metrics].standing,
      );
      const best = standings.filter((standing) => standing === 'best').length;
      expect([metric, best]).toEqual([metric, standings.every((s) => s === 'none') ? 0 : 1]);
    }
  });

  test('says how many requests are too long for the model, and how long they are', async () => {
    const input = { kind: 'constant', tokens: 500 };
    const traffic = [20, 12].map((tokens, index) => ({
      tenant: `t${index}`,
      input,
      output: { kind: 'constant', tokens },
    }));
    const scenario = smallScenario({ engine: { maxModelLen: 512 }, traffic });
    const result = (await compare({ ...base, scenario }))!;
    const [{ outcomes }] = result.strategies as [(typeof result.strategies)[0]];
    expect(outcomes.failed).toBeGreaterThan(0);
    expect(outcomes.ok).toBeGreaterThan(0);
    expect(result.warnings).toContain(
      `${outcomes.failed} of ${outcomes.counted} requests, of up to 520 tokens with max_tokens, do not fit maxModelLen 512; vLLM answers 400, and they count as failed.`,
    );
    const fits = smallScenario({ engine: { maxModelLen: 520 }, traffic });
    const warnings = (await compare({ ...base, scenario: fits }))!.warnings;
    expect(warnings.filter((warning) => warning.includes('maxModelLen'))).toEqual([]);
  });

  test.each([
    [30_000, false],
    [40_000, true],
  ])('knows whether anybody ever measured contexts of %i tokens', async (tokens, isOutside) => {
    const scenario = smallScenario({
      engine: { stepTime: { kind: 'roofline' }, maxModelLen: 65_536 },
      traffic: [
        {
          arrivals: { kind: 'constant', rate: 0.5 },
          input: { kind: 'constant', tokens },
          output: { kind: 'constant', tokens: 100 },
        },
      ],
    });
    const { warnings } = (await compare({ ...base, scenario }))!;
    const steps = /^Up to \d+\.\d % of the steps hold more than was ever measured/;
    expect(warnings.some((warning) => steps.test(warning))).toBe(isOutside);
  });

  test('that was stopped keeps only complete seeds', async () => {
    const controller = new AbortController();
    controller.abort();
    expect(await compare({ ...base, signal: controller.signal })).toBeUndefined();
  });
});
