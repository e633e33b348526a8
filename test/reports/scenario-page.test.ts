import { expect, test } from 'vitest';
import { judgeExpectation } from '../../reports/judge-expectation.ts';
import { scenarioIndex, scenarioPage } from '../../reports/scenario-page.ts';
import { smallComparison } from '../support/comparisons.ts';

// Heavy enough that choosing blindly is worse beyond doubt.
const busy = {
  traffic: [{ arrivals: { kind: 'poisson', rate: 40 }, output: { kind: 'exponential', mean: 60 } }],
  engine: { maxNumSeqs: 16 },
  duration: '60s',
  seeds: 5,
};

test('a belief is judged by what is best and what is behind, beyond chance', async () => {
  const comparison = await smallComparison(busy);
  const right = { best: ['least-requests'], worse: ['random'] };
  expect(judgeExpectation(comparison, right).map(({ cameTrue }) => cameTrue)).toEqual([true, true]);
  const wrong = { best: ['random'], worse: ['least-requests'] };
  expect(judgeExpectation(comparison, wrong).map(({ cameTrue }) => cameTrue)).toEqual([
    false,
    false,
  ]);
});

test('a tie is no proof of being worse, and as good as being best', async () => {
  const strategies = ['least-requests', 'least-tokens'];
  const comparison = await smallComparison({ strategies, seeds: 3 });
  const names = comparison.strategies.filter(
    ({ metrics }) => metrics.ttftP99Ms.standing !== 'behind',
  );
  expect(names).toHaveLength(2);
  for (const { name } of names) {
    expect(judgeExpectation(comparison, { best: [name], worse: [] })[0]!.cameTrue).toBe(true);
    expect(judgeExpectation(comparison, { best: [], worse: [name] })[0]!.cameTrue).toBe(false);
  }
});

test('a page says what was expected wrongly, with the interval', async () => {
  const comparison = await smallComparison(busy);
  const expected = { best: ['random'], worse: [] };
  const page = scenarioPage({ comparison, about: 'Why it is here.', expected });
  expect(page).toContain('Why it is here.');
  expect(page).toMatch(
    /\| the best is random \| least-requests is best with [\d,.]+ ms \| \*\*no\*\* \|/,
  );
  expect(page).toMatch(/\| random \|.*\|/);
  expect(scenarioIndex([{ comparison, expected }])).toContain('1 of 1 wrong');
  const right = { best: ['least-requests'], worse: ['random'] };
  expect(scenarioPage({ comparison, about: '', expected: right })).toMatch(
    /\| random is worse than the best \| random is behind with .*\[.*\].* \| yes \|/,
  );
});

test('without an expectation nothing is judged', async () => {
  const comparison = await smallComparison();
  expect(scenarioPage({ comparison, about: '' })).not.toContain('Expected and found');
  expect(scenarioIndex([{ comparison }])).toContain('| – |');
});
