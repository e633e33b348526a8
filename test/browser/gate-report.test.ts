import { expect } from 'vitest';
import { gateSchema } from '../../reports/gate/result.ts';
import { gatePage } from '../../reports/html/gate-page.ts';
import { baselineOf, gateResult, gateScenario, slowed } from '../support/gate-results.ts';
import { openedPage } from '../support/opened-page.ts';
import { testWith } from '../support/programs.ts';

testWith('chromium')(
  'the report of a gate opens in a real browser, complete and without a network',
  async () => {
    const baseline = baselineOf(gateScenario());
    const result = await gateResult({ baseline, head: gateScenario(slowed(1.1)) });
    const { complaints, page } = await openedPage(await gatePage(result));

    expect(await page.locator('p.verdict').textContent()).toContain(result.verdict.sentence);
    const rows = page.locator('tbody tr');
    expect(await rows.count()).toBe(result.scenarios[0]!.rows.length);
    const charts = await page.locator('figure svg').all();
    expect(charts).toHaveLength(1);
    const [chart] = charts;
    expect((await chart!.boundingBox())?.width).toBeGreaterThan(300);
    const bars = result.scenarios[0]!.rows.length;
    expect(await chart!.locator('.mark-rect path').count()).toBeGreaterThanOrEqual(bars);
    expect(await chart!.locator('.mark-rule line').count()).toBeGreaterThan(bars);
    expect(await chart!.locator('.mark-symbol path').count()).toBe(bars);
    const carried = await page.locator('#fairlead-gate').textContent();
    expect(gateSchema.parse(JSON.parse(carried!))).toEqual(result);
    expect(complaints).toEqual([]);
  },
);
