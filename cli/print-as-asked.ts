import { printJson } from './print-json.ts';

export interface AskedForm {
  readonly json?: true | undefined;
  readonly markdown?: true | undefined;
}

/** For a pull request and for a terminal. */
export interface PrintedForms {
  readonly markdown: () => string;
  readonly text: () => string;
}

/** On stdout, in the form that was asked for. */
export function printAsAsked(
  result: object,
  asked: AskedForm,
  { markdown, text }: PrintedForms,
): void {
  if (asked.json) printJson(result);
  else process.stdout.write(asked.markdown ? markdown() : text());
}
