import { spawnSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { gateJunit } from '../../../reports/gate/junit.ts';
import { commentMarker, gateMarkdown } from '../../../reports/gate/markdown.ts';
import type { GateResult, GateRow, GateScenario } from '../../../reports/gate/result.ts';
import { gateText } from '../../../reports/gate/text.ts';
import { withMeta } from '../../support/gate-results.ts';
import { testWith } from '../../support/programs.ts';

const plain = { colour: false, bold: (text: string) => text, grey: (text: string) => text };

function row(given: Partial<GateRow> = {}): GateRow {
  return {
    ...{ metric: 'ttftP99', label: 'TTFT p99', kind: 'latency', base: 512.4, head: 563.6 },
    ...{ worsening: 0.1, interval: { low: 0.08, high: 0.12 }, tolerance: 0.05, floorMs: 2 },
    ...{ p: 0.001, seedsWorse: 8, outcome: 'regress' },
    ...given,
  };
}

function scenario(given: Partial<GateScenario> = {}): GateScenario {
  const strategy = { name: 'least-tokens', options: {} };
  return {
    ...{ name: 'chat', strategies: { base: strategy, head: strategy }, seeds: [1, 2, 3, 4] },
    ...{ outcome: 'regress', saturatedSeeds: { base: 0, head: 0 }, notes: [], rows: [row()] },
    digests: { compared: 4, equal: 3, first: { seed: 4, what: 'ttftP99 512.4 → 563.6' } },
    ...given,
  };
}

function result(...scenarios: GateScenario[]): GateResult {
  return withMeta({
    ...{ schemaVersion: 1, kind: 'gate', scenarios },
    verdict: { kind: 'regress', sentence: 'chat: TTFT p99 is worse.' },
    looks: { sizes: [8, 16], taken: 8, level: 0.03 },
  });
}

test('the terminal shows the verdict before all else, and what was compared', () => {
  const text = gateText(result(scenario()), plain);
  expect(text.trimStart()).toMatch(/^REGRESS: chat: TTFT p99 is worse\./);
  expect(text).toContain('3 of 4 seeds bit-identical, the first that differs is 4: ttftP99');
  expect(text).toMatch(/TTFT p99 +512 ms +564 ms +\+10\.0 % \[\+8\.00, \+12\.0\] +5 % +8 +REGRESS/);
});

test('a share that is less is shown as less', () => {
  const goodput = { metric: 'goodput', label: 'within SLO', kind: 'share' as const };
  const figures = { base: 0.98, head: 0.96, worsening: 0.02, interval: { low: 0.01, high: 0.03 } };
  const text = gateText(result(scenario({ rows: [row({ ...goodput, ...figures })] })), plain);
  expect(text).toMatch(/within SLO +98\.00 % +96\.00 % +−2\.00 points \[−3\.00, −1\.00\]/);
});

test('the comment can be found again, folds the grid, and names what is worse of the replicas', () => {
  const replicas = ['a-1', 'a-2'].map((replica, index) =>
    row({
      ...{ metric: `replicaTpotP50:${replica}`, label: `TPOT p50 of ${replica}`, replica },
      outcome: index === 0 ? 'pass' : 'regress',
    }),
  );
  const text = gateMarkdown(result(scenario({ rows: [row(), ...replicas] })));
  expect(text.startsWith(`${commentMarker}\n### ❌`)).toBe(true);
  const [shown, folded] = text.split('<details>');
  expect(shown).toContain('TPOT p50 of a-2');
  expect(shown).not.toContain('TPOT p50 of a-1');
  expect(folded).toContain('TPOT p50 of a-1');
  expect(text).toContain('Again: `x`');
});

test('a comment stays below what GitHub takes, however many figures there are', () => {
  const rows = Array.from({ length: 3_000 }, (_, at) =>
    row({ label: `TPOT p50 of r-${at}`, replica: `r-${at}`, outcome: 'pass' }),
  );
  const text = gateMarkdown(result(scenario({ rows })));
  expect(text.length).toBeGreaterThan(40_000);
  expect(text.length).toBeLessThanOrEqual(65_000);
  expect(text).toMatch(/[\d,]+ rows more in the report\./);
});

test('even where all of them are worse', () => {
  const rows = Array.from({ length: 3_000 }, (_, at) =>
    row({ label: `TPOT p50 of r-${at}`, replica: `r-${at}` }),
  );
  expect(gateMarkdown(result(scenario({ rows }))).length).toBeLessThanOrEqual(65_000);
});

const hostile = 'a|b *c* <d> & "e" \u0000\ud800 `f`';

test('a name cannot break the table', () => {
  const text = gateMarkdown(result(scenario({ name: hostile }), scenario({ name: 'other' })));
  const rows = text.split('\n').filter((line) => line.startsWith('| a'));
  for (const line of rows) expect(line.match(/(?<!\\)\|/g)).toHaveLength(8);
});

/** What the parser of Python's library makes of it. */
const reading = `
import json, sys, xml.etree.ElementTree as tree
root = tree.parse(sys.stdin.buffer).getroot()
print(json.dumps([dict(suite.attrib, cases=[
  dict(case.attrib, inside=[part.tag for part in case]) for case in suite
]) for suite in root]))
`;

testWith('python3')('the test results are XML, with a case for every figure', () => {
  const rows = [
    row(),
    row({ label: 'E2E p99', outcome: 'inconclusive' }),
    row({ label: hostile, outcome: 'pass' }),
  ];
  const invalid = { outcome: 'invalid' as const, reason: 'other <traffic>', rows: [] };
  const xml = gateJunit(result(scenario({ name: hostile, rows }), scenario(invalid)));
  const { status, stderr, stdout } = spawnSync('python3', ['-c', reading], { input: xml });
  expect(status, String(stderr)).toBe(0);
  const [first, second] = JSON.parse(String(stdout));
  expect(first).toMatchObject({ tests: '3', failures: '1', errors: '0', skipped: '1' });
  expect(first.name).toBe('a|b *c* <d> & "e" \ufffd\ufffd `f`');
  const insides = first.cases.map((one: { inside: string[] }) => one.inside);
  expect(insides).toEqual([['failure'], ['skipped'], []]);
  expect(second).toMatchObject({ tests: '1', errors: '1' });
  expect(second.cases[0].inside).toEqual(['error']);
});
