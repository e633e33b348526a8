import type { GateResult, GateRow, GateScenario } from './result.ts';
import { changeText, toleratedText, valueText } from './row-text.ts';

/** The figures as test cases, in the form that every CI system can read and show. */
export function gateJunit({ meta, scenarios, verdict }: GateResult): string {
  const suites = scenarios.map((one) => suite(one, meta.run.durationMs / 1_000 / scenarios.length));
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites name="fairlead gate: ${attribute(verdict.kind)}">`,
    ...suites,
    '</testsuites>',
    '',
  ].join('\n');
}

function suite(scenario: GateScenario, seconds: number): string {
  const { name, outcome, reason, rows } = scenario;
  const cases = rows.map((row) => testCase(name, row.label, inside(row)));
  if (reason !== undefined) {
    cases.push(testCase(name, 'the runs can be judged', element(kindOf(outcome), reason)));
  }
  const count = (kind: string) => cases.filter((one) => one.includes(`<${kind} `)).length;
  const counts = `tests="${cases.length}" failures="${count('failure')}" errors="${count('error')}" skipped="${count('skipped')}"`;
  return [
    `  <testsuite name="${attribute(name)}" ${counts} time="${seconds.toFixed(3)}">`,
    ...cases,
    '  </testsuite>',
  ].join('\n');
}

function kindOf(outcome: GateScenario['outcome']): 'error' | 'failure' | 'skipped' {
  if (outcome === 'invalid') return 'error';
  return outcome === 'regress' ? 'failure' : 'skipped';
}

function testCase(scenario: string, label: string, content: string): string {
  const names = `classname="fairlead.${attribute(scenario)}" name="${attribute(label)}"`;
  if (content === '') return `    <testcase ${names}/>`;
  return `    <testcase ${names}>${content}</testcase>`;
}

function inside(row: GateRow): string {
  const { base, head, outcome } = row;
  const told = `${valueText(row, base)} → ${valueText(row, head)}, ${changeText(row)}; tolerated ${toleratedText(row)}`;
  if (outcome === 'regress') return element('failure', told);
  return outcome === 'inconclusive' ? element('skipped', `undecided: ${told}`) : '';
}

function element(kind: 'error' | 'failure' | 'skipped', message: string): string {
  return `<${kind} message="${attribute(message)}"/>`;
}

function attribute(text: string): string {
  return [...text].map(written).join('');
}

/** XML 1.0 has no way to write some characters down, such as halves of pairs. */
function written(character: string): string {
  const code = character.codePointAt(0)!;
  const isHalf = code >= 0xd800 && code <= 0xdfff;
  const isControl = code < 32 && !'\t\n\r'.includes(character);
  if (isHalf || isControl || code === 0xfffe || code === 0xffff) return '\ufffd';
  return `&<>"'\t\n\r`.includes(character) ? `&#${code};` : character;
}
