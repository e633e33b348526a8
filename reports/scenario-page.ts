import { formatMetric } from './format.ts';
import { type ExpectedStanding, judgeExpectation } from './judge-expectation.ts';
import { markdownReport } from './markdown.ts';
import { metrics } from './metrics.ts';
import type { Comparison } from './summary.ts';

export interface ScenarioPageOptions {
  readonly comparison: Comparison;
  /** What the author says at the top of the file. */
  readonly about: string;
  readonly expected?: ExpectedStanding | undefined;
}

/** A scenario of the library, with what came out of it. */
export function scenarioPage({ about, comparison, expected }: ScenarioPageOptions): string {
  const { meta, scenario, verdict } = comparison;
  const traffic = scenario.traffic.map(
    ({ arrivals, input, output, tenant }) =>
      `- **${tenant}**: ${arrivals}; prompts ${input}; answers ${output}`,
  );
  const fleet = scenario.fleet.map(
    ({ gpu, kvTokens, name, replicas }) =>
      `- **${name}**: ${replicas} × ${gpu}${kvTokens === undefined ? '' : `, ${kvTokens.toLocaleString('en-US')} tokens of KV cache each`}`,
  );
  return [
    `# ${scenario.name}`,
    '',
    about,
    '',
    `\`fairlead compare ${scenario.name} --seeds ${meta.seeds.length}\`, decided by ${metrics[verdict.metric].label}:`,
    '',
    markdownReport(comparison),
    ...expectationLines(comparison, expected),
    '## What it holds',
    '',
    `${scenario.model} on`,
    '',
    ...fleet,
    '',
    ...traffic,
    '',
  ].join('\n');
}

function expectationLines(comparison: Comparison, expected: ExpectedStanding | undefined) {
  const judged = expected === undefined ? [] : judgeExpectation(comparison, expected);
  if (judged.length === 0) return [];
  const rows = judged.map(
    ({ cameTrue, expected, found }) =>
      `| ${expected} | ${found} | ${cameTrue ? 'yes' : '**no**'} |`,
  );
  return [
    '## Expected and found',
    '',
    '| expected | found | came true |',
    '| --- | --- | --- |',
    ...rows,
    '',
  ];
}

export interface IndexRow {
  readonly comparison: Comparison;
  readonly expected?: ExpectedStanding | undefined;
}

/** All scenarios of the library in a table. */
export function scenarioIndex(rows: readonly IndexRow[]): string {
  const lines = rows.map(({ comparison, expected }) => {
    const { scenario, strategies, verdict } = comparison;
    const judged = expected === undefined ? [] : judgeExpectation(comparison, expected);
    const wrong = judged.filter(({ cameTrue }) => !cameTrue).length;
    const best = strategies.find(({ name }) => name === verdict.best);
    const figure = best?.metrics[verdict.metric].mean;
    const result =
      verdict.best === null || figure === null || figure === undefined
        ? 'none keeps up'
        : `${verdict.kind === 'tied' ? `${verdict.best} (tied)` : verdict.best}, ${metrics[verdict.metric].label} ${formatMetric(verdict.metric, figure)} ${metrics[verdict.metric].unit}`;
    const beliefs =
      judged.length === 0
        ? '–'
        : wrong === 0
          ? 'as expected'
          : `${wrong} of ${judged.length} wrong`;
    return `| [${scenario.name}](${scenario.name}.md) | ${scenario.summary} | ${result} | ${beliefs} |`;
  });
  return [
    '# The library of scenarios',
    '',
    'Each is a YAML file in `scenarios/library/` that says what it should separate. These pages are written by',
    '`npm run scenarios`, from the strategies there are; what came out otherwise than expected is said.',
    'Those in `scenarios/library/traced/` play a public trace, name where to get it, and have no page.',
    '',
    '| scenario | what it is | best | expectations |',
    '| --- | --- | --- | --- |',
    ...lines,
    '',
  ].join('\n');
}
