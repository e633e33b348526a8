import { expect } from 'vitest';
import { previewTraffic } from '../../experiments/preview/preview-traffic.ts';
import { trafficPage } from '../../reports/html/traffic-page.ts';
import { openedPage } from '../support/opened-page.ts';
import { testWith } from '../support/programs.ts';
import { smallScenario } from '../support/scenarios.ts';

testWith('chromium')('the page of a scenario draws its traffic without a network', async () => {
  const scenario = smallScenario({ traffic: [{ tenant: 'one' }, { tenant: 'two' }] });
  const preview = previewTraffic(scenario);
  const words = {
    name: scenario.name,
    summary: 'Lengths of <b>two</b> tenants',
    model: scenario.model,
    fleet: ['r: 2 × A100'],
    measured: '10s',
    slo: 'none',
    version: 'test',
  };
  const { complaints, page } = await openedPage(await trafficPage(words, preview));

  expect(await page.locator('p.verdict').textContent()).toBe(words.summary);
  const charts = await page.locator('figure svg').all();
  expect(charts).toHaveLength(3);
  // A stacked rectangle for each second and tenant, and one for the warm-up.
  expect(await charts[0]!.locator('.mark-rect path').count()).toBe(2 * 11 + 1);
  for (const chart of charts.slice(1)) {
    expect(await chart.locator('.mark-line path').count()).toBe(2);
  }
  for (const chart of charts) expect((await chart.boundingBox())!.width).toBeGreaterThan(300);
  expect(await page.locator('tbody tr').count()).toBe(2);
  const carried = await page.locator('#fairlead-traffic').textContent();
  expect(JSON.parse(carried!)).toEqual(JSON.parse(JSON.stringify(preview)));
  expect(complaints).toEqual([]);
});
