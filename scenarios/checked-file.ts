import type { z } from 'zod';
import { type ErrorCode, FairleadError } from '../core/errors.ts';
import { explainIssue } from './explain-issue.ts';
import { readYaml, type SourceText, type YamlFile } from './read-yaml.ts';

const mostCharacters = 1_000_000;

/** What a complaint about a kind of file is called. */
export interface FileErrors {
  readonly syntax: ErrorCode;
  readonly invalid: ErrorCode;
}

export interface CheckedFile<Data> {
  readonly data: Data;
  readonly locate: YamlFile['locate'];
}

/**
 * Reads what a schema describes from YAML or JSON. Every complaint reads `file.yaml:12:7
 * fleet[0].gpu: what is wrong, and what to write`; all complaints about one file come together.
 */
export function readChecked<Schema extends z.ZodType>(
  { file, text }: SourceText,
  schema: Schema,
  { invalid, syntax }: FileErrors,
): CheckedFile<z.output<Schema>> {
  if (text.length > mostCharacters) {
    const message = `${file}: ${text.length} characters; it may have ${mostCharacters} at most.`;
    throw new FairleadError(invalid, message);
  }
  const { value, locate } = readYaml({ file, text }, syntax);
  const result = schema.safeParse(value ?? {}, { reportInput: true });
  if (result.success) return { data: result.data, locate };
  const messages = result.error.issues.flatMap((issue) =>
    explainIssue(issue, schema).map(({ path, message, atKey }) => locate(path, message, atKey)),
  );
  throw new FairleadError(invalid, messages.join('\n'));
}
