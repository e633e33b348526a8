import { expect, test } from 'vitest';
import { agreement } from '../../experiments/agreement.ts';
import { runTask } from '../../experiments/run-task.ts';
import { agreementMarkdown } from '../../reports/agreement-markdown.ts';
import { agreementTable } from '../../reports/agreement-table.ts';
import { htmlReport } from '../../reports/html/page.ts';
import { markdownReport } from '../../reports/markdown.ts';
import { summariseRun } from '../../reports/summarise-run.ts';
import { comparisonSchema } from '../../reports/summary.ts';
import { smallComparison } from '../support/comparisons.ts';
import { allFigures, runWith } from '../support/run-summaries.ts';
import { smallScenario } from '../support/scenarios.ts';

const plain = { colour: false, bold: (text: string) => text, grey: (text: string) => text };
const runs = (...values: number[]) => values.map((value) => runWith(allFigures(value)));
const crossed = agreement([
  { name: '<nginx>', simulatedAs: 'nginx-least-conn', simulated: runs(1, 1.01), measured: runs(9) },
  { name: 'b', simulated: runs(5, 5.01), measured: runs(5, 5.01) },
]);

test('the table has a line for every figure, and marks those that missed', () => {
  const lines = agreementTable(crossed, plain).split('\n');
  expect(lines.filter((line) => line.endsWith(' !'))).toHaveLength(11);
  expect(lines[1]).toMatch(
    /^ +<nginx> \(simulated: nginx-least-conn\) +TTFT p50 \(ms\) .* −88\.8 % +±5 % +!$/,
  );
  expect(lines.filter((line) => /^ +b /.test(line))).toHaveLength(1);
  expect(agreementTable(crossed, plain)).toContain(crossed.sentence);
});

test('Markdown has the same lines', () => {
  const rows = agreementMarkdown(crossed)
    .split('\n')
    .filter((line) => /^\| (<nginx>|b) /.test(line));
  expect(rows).toHaveLength(22);
  expect(rows.filter((row) => row.endsWith(' missed |'))).toHaveLength(11);
  expect(rows[0]).toContain('| **−88.8 %** |');
});

test('a report of a live run shows the picture and every figure, and carries both', async () => {
  const comparison = { ...(await smallComparison()), agreement: crossed };
  const page = await htmlReport(comparison);
  const section = page.slice(page.indexOf('<h2>Simulated against measured'));
  expect(section).toContain('&#60;nginx&#62;');
  expect(section.match(/<tr><th scope="row">/g)!.length).toBeGreaterThanOrEqual(22);
  expect(page.match(/<svg/g)).toHaveLength(4);
  expect(page).not.toContain('NaN');
  expect(markdownReport(comparison)).toContain(crossed.sentence);
  expect(comparisonSchema.parse(comparison).agreement).toEqual(crossed);
});

test('a report of a simulation says nothing of it', async () => {
  expect(await htmlReport(await smallComparison())).not.toContain('Simulated against measured');
});

test('summaries of runs have what it takes', () => {
  const scenario = smallScenario();
  const strategy = { name: 'least-requests', options: {} };
  const summaries = [1, 2].map((seed) => summariseRun(runTask({ scenario, strategy, seed }), []));
  for (const { latencyMs, metrics } of summaries) {
    expect(latencyMs!.ttftP50Ms).toBe(metrics.ttftP50Ms);
    expect(latencyMs!.tpotP99Ms).toBe(metrics.tpotP99Ms);
    expect(latencyMs!.e2eP50Ms).toBeLessThan(latencyMs!.e2eP90Ms!);
  }
  const { figures } = agreement([{ name: 'x', simulated: summaries, measured: summaries }]);
  expect(figures).toEqual({ judged: 11, within: 11 });
});
