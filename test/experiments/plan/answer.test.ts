import { describe, expect, test } from 'vitest';
import { plan } from '../../../experiments/plan/plan.ts';
import { planQuestion } from '../../../experiments/plan/question.ts';
import { threadExecutor } from '../../../experiments/thread-executor.ts';
import { planSchema } from '../../../reports/plan.ts';
import { planMarkdown } from '../../../reports/plan-markdown.ts';
import { smallPlan, smallPlanned } from '../../support/plans.ts';

describe('an answer', () => {
  test('says why the next cheaper fleet fails, and what every question beside it came to', async () => {
    const found = await smallPlanned({
      gpus: ['A10G', 'L4'],
      rate: 20,
      survive: 1,
      strategiesOf: ['least-requests', 'random'],
    });
    expect(planSchema.parse(JSON.parse(JSON.stringify(found)))).toEqual(found);
    const { answer, cheaper, strategies, whatIfs, winner } = found;
    expect(answer.kind).toBe('found');
    expect(winner!.verdict.checks.every(({ holds }) => holds)).toBe(true);
    const [next] = cheaper;
    expect(next!.fleet.usdPerHour).toBeLessThan(winner!.fleet.usdPerHour);
    expect(next!.verdict.kind).not.toBe('keeps');
    expect(answer.reasons[0]).toContain(next!.fleet.text);
    expect(answer.reasons[0]).toMatch(/fails: (ttft\.p99 < 500ms: \d|it falls behind)|undecided/);
    expect(planMarkdown(found)).toContain(answer.reasons[0]);
    expect(strategies.map(({ name }) => name).sort()).toEqual(['least-requests', 'random']);
    // What needs more costs more, and what still holds costs the same.
    for (const { costShare, holds } of whatIfs) {
      if (costShare !== null) expect(costShare > 0).toBe(!holds);
    }
    const growth = whatIfs.filter(({ what }) => what.startsWith('traffic'));
    const costs = growth.map(({ costShare }) => costShare ?? Number.POSITIVE_INFINITY);
    expect(costs).toEqual([...costs].sort((a, b) => a - b));
    for (const { holds, what } of growth) {
      const share = Number(/\+(\d+)/.exec(what)![1]) / 100;
      if (share <= winner!.headroom!.share) expect([what, holds]).toEqual([what, true]);
    }
  });

  test('costs what its prices say', async () => {
    const { winner } = await smallPlanned({
      rate: 20,
      gpus: ['A10G'],
      prices: new Map([['A10G', 2]]),
    });
    const { costs, fleet } = winner!;
    expect(costs.usdPerHour).toBe(2 * fleet.replicas);
    expect(costs.usdPerMonth).toBe(730 * costs.usdPerHour);
    expect(costs.usdPerMillionOutputTokens!).toBeGreaterThan(costs.usdPerMillionTokens!);
  });

  test('changes with the prices', async () => {
    const gpus = ['A10G', 'L4'];
    const kinds = await Promise.all(
      [
        { A10G: 0.1, L4: 5 },
        { A10G: 5, L4: 0.1 },
      ].map(async (all) => {
        const given = { gpus, rate: 20, maxKinds: 1, prices: new Map(Object.entries(all)) };
        const { winner } = await smallPlanned(given);
        return winner!.fleet.groups.map(({ gpu }) => gpu);
      }),
    );
    expect(kinds).toEqual([['A10G'], ['L4']]);
  });

  test('without a fleet says what came nearest, and by what it fails', async () => {
    const none = await smallPlanned({ gpus: ['L4'], maxReplicas: 1, rate: 60 });
    expect(none).toMatchObject({ answer: { kind: 'none' }, winner: null, whatIfs: [] });
    expect(none.answer.sentence).toContain('No fleet of up to 1 replica of 2 kinds keeps the SLO');
    expect(none.answer.reasons[0]).toMatch(/^1 × L4 .* fails: /);
    expect(planSchema.parse(JSON.parse(JSON.stringify(none)))).toEqual(none);
  });

  test('without enough seeds says what may do, and how many to take', async () => {
    const open = await smallPlanned({ gpus: ['A10G'], maxReplicas: 5, seeds: [1, 2, 3, 4] });
    expect(open).toMatchObject({ answer: { kind: 'undecided' }, winner: null });
    expect(open.answer.sentence).toMatch(/^With 4 seeds no fleet .*; 5 × A10G may\.$/);
    expect(open.answer.reasons[0]).toMatch(/undecided after 4 seeds: .*, up to \d+ ms with 95 %/);
    expect(open.answer.reasons.at(-1)).toBe('Take --seeds 8.');
  });

  test('that was stopped has only what was found until then', async () => {
    const question = planQuestion(smallPlan({ gpus: ['A10G'] }));
    const controller = new AbortController();
    controller.abort();
    const stopped = await plan({
      question,
      executor: threadExecutor(0),
      signal: controller.signal,
    });
    expect(stopped).toEqual({ kind: 'stopped', best: undefined });
  });
});

describe('a question', () => {
  test('suggests the GPU that was meant', () => {
    const ask = () => planQuestion(smallPlan({ gpus: ['H100'] }));
    expect(ask).toThrow(/there is no GPU "H100". Did you mean "H100-NVL"/);
  });

  test('needs objectives', () => {
    expect(() => planQuestion(smallPlan({ slo: [] }))).toThrow(/has no slo/);
  });

  test('leaves out a GPU that is too slow with nothing to do, and says so', () => {
    const { cards, leftOut } = planQuestion(
      smallPlan({ gpus: ['A100-80GB-SXM', 'L4'], slo: ['tpot.p99 < 12ms'] }),
    );
    expect(cards.map(({ gpu }) => gpu)).toEqual(['A100-80GB-SXM']);
    expect(leftOut).toEqual([
      { gpu: 'L4', reason: expect.stringMatching(/^alone with one request .* tpot\.p99 < 12ms/) },
    ]);
  });

  test('has a reason for every GPU of the catalogue that it does not look at', () => {
    const { cards, leftOut } = planQuestion(smallPlan());
    const known = [...new Set(cards.map(({ gpu }) => gpu)), ...leftOut.map(({ gpu }) => gpu)];
    expect(new Set(known).size).toBe(known.length);
    expect(known.length).toBeGreaterThan(20);
    for (const { reason } of leftOut) expect(reason).not.toBe('');
  });
});
