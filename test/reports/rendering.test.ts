import { expect, test } from 'vitest';
import { formatChange, formatMetric } from '../../reports/format.ts';
import { htmlReport } from '../../reports/html/page.ts';
import { markdownReport } from '../../reports/markdown.ts';
import { comparisonSchema } from '../../reports/summary.ts';
import { terminalTable } from '../../reports/terminal-table.ts';
import { smallComparison } from '../support/comparisons.ts';

const comparison = (summary: string) => smallComparison({ summary });

test('text from a scenario cannot become markup or end the embedded data', async () => {
  const page = await htmlReport(await comparison('</script><script>alert("&")</script>'));
  expect(page).not.toContain('<script>alert');
  expect(page.match(/<\/script>/g)).toHaveLength(1);
  expect(page).toContain('&#60;script&#62;alert(&#34;&#38;&#34;)');
});

test('the report refers to nothing outside of itself', async () => {
  const page = await htmlReport(await comparison('A small fleet.'));
  const addresses = page.match(/(?:src|href)=["'][^"']*/g) ?? [];
  expect(addresses.filter((address) => !/["'](#|data:)/.test(address))).toEqual([]);
  expect(page).not.toMatch(/url\(\s*["']?http|@import/);
});

test('a result of before a metric was known reads and renders', async () => {
  const { strategies, verdict, ...rest } = await comparison('A small fleet.');
  const { looks: _looks, ...oldVerdict } = verdict;
  const old = strategies.map(({ metrics, ...one }) => {
    const { ttftP999Ms: _ttft, tpotP999Ms: _tpot, e2eP999Ms: _e2e, ...known } = metrics;
    return { ...one, metrics: known };
  });
  const read = comparisonSchema.parse({ ...rest, verdict: oldVerdict, strategies: old });
  expect(read.strategies[0]!.metrics.ttftP999Ms).toMatchObject({ mean: null, standing: 'none' });
  expect(await htmlReport(read)).toContain(verdict.sentence);
});

test('what decides stands in the table, and what does not, only if it is one of the usual', async () => {
  const result = await comparison('A small fleet.');
  const plain = { colour: false, bold: (text: string) => text, grey: (text: string) => text };
  const verdict = { ...result.verdict, metric: 'itlP99Ms' as const };
  expect(terminalTable(result, plain)).not.toContain('ITL p99');
  expect(terminalTable({ ...result, verdict }, plain)).toMatch(/^ +ITL p99 +TTFT p50/);
  expect(markdownReport({ ...result, verdict })).toContain('| strategy | ITL p99 (ms) | TTFT p50');
});

test('terminal and Markdown name the same winner first', async () => {
  const result = await comparison('A small fleet.');
  const plain = { colour: false, bold: (text: string) => text, grey: (text: string) => text };
  const table = terminalTable(result, plain).split('\n');
  const markdown = markdownReport(result).split('\n');
  const best = result.verdict.best!;
  expect(table[2]!.trim().startsWith(best)).toBe(true);
  expect(markdown[0]).toBe(`**${result.verdict.sentence}**`);
  expect(markdown[4]!.startsWith(`| ${best} |`)).toBe(true);
});

test.each([
  [0.9876, 'attainmentShare', '98.8'],
  [12345.6, 'e2eP99Ms', '12,346'],
  [123.45, 'e2eP99Ms', '123'],
  [12.345, 'e2eP99Ms', '12.3'],
  [1.2345, 'imbalanceRatio', '1.23'],
  [0, 'preemptionsPerRequest', '0'],
] as const)('%f of %s reads %s', (value, metric, text) => {
  expect(formatMetric(metric, value)).toBe(text);
});

test('a change reads as percent, as points, or in the unit of its metric', () => {
  const change = {
    estimate: -0.1234,
    interval: { low: -0.2, high: 0.05 },
    seedsBetter: 1,
    seedsDiffering: 1,
  };
  const ratio = { ...change, kind: 'ratio' as const };
  const difference = { ...change, kind: 'difference' as const };
  expect(formatChange('ttftP99Ms', ratio)).toBe('−12.3 % [−20.0, +5.0]');
  expect(formatChange('attainmentShare', difference)).toBe('−12.3 points [−20.0, +5.0]');
  expect(formatChange('goodputRps', difference)).toBe('−0.1 req/s [−0.2, +0.1]');
});
