import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { type Browser, chromium } from 'playwright-core';
import { afterAll, expect } from 'vitest';
import { compare } from '../../experiments/compare.ts';
import { htmlReport } from '../../reports/html/page.ts';
import { comparisonSchema } from '../../reports/summary.ts';
import { strategies } from '../../strategies/registry.ts';
import { pathOf, testWith } from '../support/programs.ts';
import { smallScenario } from '../support/scenarios.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const run = { startedAt: '2026-01-01T00:00:00.000Z', durationMs: 1, node: '20', command: 'x' };
let browser: Browser | undefined;
afterAll(() => browser?.close());

testWith('chromium')(
  'the report opens in a real browser, complete and without a network',
  async () => {
    const result = await compare({
      scenario: smallScenario(),
      strategies: strategies.map(({ name }) => ({ name, options: {} })),
      seeds: [1, 2, 3],
      by: 'ttftP99Ms',
      version: 'test',
    });
    const comparison = { ...result!, meta: { ...result!.meta, run } };
    const path = join(temporaryFolder(), 'report.html');
    writeFileSync(path, await htmlReport(comparison));

    browser = await chromium.launch({
      executablePath: pathOf('chromium'),
      args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--disable-background-networking'],
    });
    const page = await browser.newPage();
    const complaints: string[] = [];
    page.on('console', (message) => complaints.push(message.text()));
    page.on('pageerror', (error) => complaints.push(error.message));
    page.on('request', (request) => {
      if (!request.url().startsWith('file:') && !request.url().startsWith('data:')) {
        complaints.push(`asked for ${request.url()}`);
      }
    });
    await page.goto(pathToFileURL(path).href);

    expect(await page.locator('p.verdict').textContent()).toBe(comparison.verdict.sentence);
    const rows = page.locator('section', { hasText: 'Scoreboard' }).locator('tbody tr');
    expect(await rows.count()).toBe(strategies.length);
    const charts = await page.locator('figure svg').all();
    expect(charts).toHaveLength(3);
    for (const chart of charts) {
      const box = await chart.boundingBox();
      expect(box?.width).toBeGreaterThan(300);
      expect(
        await chart.locator('.mark-line path, .mark-rule line, .mark-rect path').count(),
      ).toBeGreaterThan(0);
    }
    const carried = await page.locator('#fairlead-summary').textContent();
    expect(comparisonSchema.parse(JSON.parse(carried!))).toEqual(comparison);
    expect(complaints).toEqual([]);
  },
);
