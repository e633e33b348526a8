import { appendFileSync } from 'node:fs';
import { join } from 'node:path';
import { exitCode, FairleadError } from '../core/errors.ts';
import type { GateOutcome } from '../experiments/gate/gate.ts';
import { gateJunit } from '../reports/gate/junit.ts';
import { gateMarkdown } from '../reports/gate/markdown.ts';
import type { GateResult } from '../reports/gate/result.ts';
import { gateText } from '../reports/gate/text.ts';
import { gatePage } from '../reports/html/gate-page.ts';
import { type AskedForm, printAsAsked } from './print-as-asked.ts';
import { writeFile } from './run-folder.ts';
import { describeRun } from './run-meta.ts';
import { textStyle } from './text-style.ts';

/** How the answer is wanted. */
export interface GateForm extends AskedForm {
  readonly junit?: string | undefined;
  readonly out?: string | undefined;
}

interface GateFacts extends Omit<GateResult['meta'], 'run'> {
  readonly startedAt: Date;
}

const codes = {
  pass: exitCode.ok,
  regress: exitCode.no,
  inconclusive: exitCode.inconclusive,
  invalid: exitCode.invalidRun,
} as const;

/** The answer in every form that somebody asked for, and as the exit code. */
export async function publishGate(
  outcome: GateOutcome,
  asked: GateForm,
  { startedAt, ...facts }: GateFacts,
): Promise<void> {
  const { junit, out } = asked;
  const result: GateResult = { ...outcome, meta: { ...facts, run: describeRun(startedAt) } };
  const names = result.scenarios.length === 1 ? result.scenarios[0]!.name : 'scenarios';
  const folder = out ?? join('runs', `gate-${names}-${facts.runId}`);
  const report = join(folder, 'report.html');
  writeFile(join(folder, 'gate.json'), `${JSON.stringify(result, null, 2)}\n`);
  writeFile(report, await gatePage(result));
  if (junit !== undefined) writeFile(junit, gateJunit(result));
  tellGitHub(result);
  process.exitCode = codes[result.verdict.kind];
  printAsAsked(result, asked, {
    markdown: () => gateMarkdown(result),
    text: () => `${gateText(result, textStyle(process.stdout))}\n  Report: ${report}\n\n`,
  });
}

/** Where GitHub runs it: the page of the job, and a line beside the changes. */
function tellGitHub(result: GateResult): void {
  const { GITHUB_ACTIONS, GITHUB_STEP_SUMMARY } = process.env;
  if (GITHUB_STEP_SUMMARY) {
    try {
      appendFileSync(GITHUB_STEP_SUMMARY, `${gateMarkdown(result)}\n`);
    } catch (error) {
      const message = `${GITHUB_STEP_SUMMARY}: cannot be written (${(error as Error).message}).`;
      throw new FairleadError('OUTPUT_NOT_WRITABLE', message);
    }
  }
  if (GITHUB_ACTIONS !== 'true') return;
  const { advice, kind, sentence } = result.verdict;
  const level = kind === 'pass' ? 'notice' : kind === 'inconclusive' ? 'warning' : 'error';
  const said = advice === undefined ? sentence : `${sentence} ${advice}`;
  const text = said.replace(/[%\r\n]/g, encodeURIComponent);
  process.stderr.write(`::${level} title=fairlead gate::${text}\n`);
}
