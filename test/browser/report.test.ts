import type { Page } from 'playwright-core';
import { expect } from 'vitest';
import { compare } from '../../experiments/compare.ts';
import { climbLadder } from '../../experiments/ladder/ladder.ts';
import { ladderReport } from '../../reports/html/ladder-page.ts';
import { htmlReport } from '../../reports/html/page.ts';
import { ladderSchema } from '../../reports/ladder.ts';
import { comparisonSchema } from '../../reports/summary.ts';
import { strategies } from '../../strategies/registry.ts';
import { smallLadder } from '../support/ladders.ts';
import { openedPage } from '../support/opened-page.ts';
import { testWith } from '../support/programs.ts';
import { smallScenario } from '../support/scenarios.ts';

// Each opens in a real browser, complete and without a network.

const run = { startedAt: '2026-01-01T00:00:00.000Z', durationMs: 1, node: '20', command: 'x' };

/** Those of the figures, not of axes and legends. */
const marks = ['line path', 'rule line', 'rect path', 'symbol path']
  .map((mark) => `.role-mark.mark-${mark}`)
  .join(', ');

/** How many charts there are, each with something in it. */
async function drawnCharts(page: Page): Promise<number> {
  const charts = await page.locator('figure svg').all();
  for (const chart of charts) {
    const box = await chart.boundingBox();
    expect(box?.width).toBeGreaterThan(300);
    expect(await chart.locator(marks).count()).toBeGreaterThan(0);
  }
  return charts.length;
}

testWith('chromium')('the report of a comparison', async () => {
  const result = await compare({
    scenario: smallScenario(),
    strategies: strategies.map(({ name }) => ({ name, options: {} })),
    seeds: [1, 2, 3],
    by: 'ttftP99Ms',
    version: 'test',
  });
  const comparison = { ...result!, meta: { ...result!.meta, run } };
  const { complaints, page } = await openedPage(await htmlReport(comparison));
  expect(await page.locator('p.verdict').textContent()).toBe(comparison.verdict.sentence);
  const rows = page.locator('section', { hasText: 'Scoreboard' }).locator('tbody tr');
  expect(await rows.count()).toBe(strategies.length);
  expect(await drawnCharts(page)).toBe(3);
  const carried = await page.locator('#fairlead-summary').textContent();
  expect(comparisonSchema.parse(JSON.parse(carried!))).toEqual(comparison);
  expect(complaints).toEqual([]);
});

testWith('chromium')('the report of a ladder', async () => {
  const options = smallLadder();
  const result = await climbLadder(options);
  const ladder = { ...result!, meta: { ...result!.meta, run } };
  const { complaints, page } = await openedPage(await ladderReport(ladder));
  expect(await page.locator('p.verdict').textContent()).toBe(ladder.verdict.sentence);
  const rows = page.locator('section', { hasText: 'Knees' }).locator('tbody tr');
  expect(await rows.count()).toBe(options.strategies.length);
  expect(await drawnCharts(page)).toBe(3);
  // A line for each strategy, dots that are full and dots that are hollow, and the objective.
  const ttft = page.locator('figure svg').first();
  expect(await ttft.locator('.role-mark.mark-line path').count()).toBe(options.strategies.length);
  expect(await ttft.locator('.role-mark.mark-rule line').count()).toBe(1);
  const dots = await ttft
    .locator('.role-mark.mark-symbol path')
    .evaluateAll((all) => all.map((dot) => dot.getAttribute('fill') === 'transparent'));
  const places = ladder.strategies.flatMap(({ points }) => points);
  const isHollow = ({ saturated, seeds }: (typeof places)[0]) => saturated * 2 >= seeds;
  expect(dots.filter((hollow) => hollow).length).toBeGreaterThanOrEqual(
    places.filter(isHollow).length,
  );
  const goodput = page.locator('figure svg').nth(2);
  expect(await goodput.locator('.role-mark.mark-rule line').count()).toBe(
    options.strategies.length,
  );
  const carried = await page.locator('#fairlead-summary').textContent();
  expect(ladderSchema.parse(JSON.parse(carried!))).toEqual(ladder);
  expect(complaints).toEqual([]);
});
