import { markdownReport } from '../reports/markdown.ts';
import type { Comparison } from '../reports/summary.ts';
import { printJson } from './print-json.ts';

export interface AskedForm {
  readonly json?: true | undefined;
  readonly markdown?: true | undefined;
}

/** On stdout, in the form that was asked for; `text` makes the one for people. */
export function printAsAsked(
  comparison: Comparison,
  { json, markdown }: AskedForm,
  text: () => string,
): void {
  if (json) printJson(comparison);
  else if (markdown) process.stdout.write(markdownReport(comparison));
  else process.stdout.write(text());
}
