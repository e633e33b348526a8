import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import type { StrategyDefinition } from '../../strategies/strategy.ts';
import { repository } from '../support/run-fairlead.ts';
import { strategyContext } from '../support/strategies.ts';
import { fleetView, requestView } from '../support/views.ts';

const page = readFileSync(join(repository, 'CONTRIBUTING.md'), 'utf8');

test('the strategy in CONTRIBUTING.md is one', async () => {
  const source = /```ts\n([\s\S]*?)```/.exec(page)![1]!;
  const folder = mkdtempSync(join(repository, 'test/docs/strategy-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const contract = "'../../../strategies/strategy.ts'";
  writeFileSync(join(folder, 'last.ts'), source.replace("'./strategy.ts'", contract));
  const module = (await import(join(folder, 'last.ts'))) as { default: StrategyDefinition };
  const strategy = module.default.create({}, strategyContext('last'));
  const candidates = fleetView([0, 0]);
  expect(strategy.pick(requestView(0), candidates, 0)).toBe(candidates[1]);
});

test('each way to contribute is told in fewer than ten lines', () => {
  const sections = page.split(/^## /m).slice(1);
  expect(sections.length).toBeGreaterThanOrEqual(5);
  for (const section of sections) {
    const prose = section
      .replace(/```[\s\S]*?```/g, '')
      .trim()
      .split('\n')
      .slice(1);
    expect(prose.filter((line) => line.trim() !== '').length, section).toBeLessThan(10);
  }
});
