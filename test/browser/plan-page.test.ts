import { expect } from 'vitest';
import { planPage } from '../../reports/html/plan-page.ts';
import { planSchema } from '../../reports/plan.ts';
import { planTables } from '../../reports/plan-tables.ts';
import { openedPage } from '../support/opened-page.ts';
import { smallPlanned } from '../support/plans.ts';
import { testWith } from '../support/programs.ts';

testWith('chromium')(
  'a plan opens in a real browser, answer first, without a network',
  async () => {
    const plan = await smallPlanned({
      gpus: ['A10G', 'L4'],
      rate: 20,
      strategiesOf: ['least-requests', 'random'],
    });
    const { complaints, page } = await openedPage(await planPage(plan));

    expect(await page.locator('p.verdict').textContent()).toBe(plan.answer.sentence);
    const [why] = await page.locator('section').all();
    expect(await why!.locator('li').first().textContent()).toBe(plan.answer.reasons[0]);
    expect(await page.locator('section table').count()).toBe(planTables(plan).length);
    const charts = await page.locator('figure svg').all();
    expect(charts).toHaveLength(4);
    for (const chart of charts) {
      expect((await chart.boundingBox())!.width).toBeGreaterThan(300);
      expect(await chart.locator('.mark-rect path, .mark-symbol path').count()).toBeGreaterThan(0);
    }
    const carried = await page.locator('#fairlead-plan').textContent();
    expect(planSchema.parse(JSON.parse(carried!))).toEqual(plan);
    expect(complaints).toEqual([]);
  },
);
