import { printJson } from './print-json.ts';
import { textStyle } from './text-style.ts';

/** A catalogue: names in a column, what they are beside them; or the same as JSON. */
export function printList(
  entries: readonly { readonly name: string; readonly summary: string }[],
  { json }: { json?: true | undefined },
): void {
  if (json) {
    printJson(entries.map(({ name, summary }) => ({ name, summary })));
    return;
  }
  const width = Math.max(...entries.map(({ name }) => name.length));
  const { bold } = textStyle(process.stdout);
  for (const { name, summary } of entries) {
    process.stdout.write(`${bold(name)}${' '.repeat(width - name.length)}  ${summary}\n`);
  }
}
