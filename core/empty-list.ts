/**
 * Takes everything out of a list that will soon be filled again. To set the length to zero would
 * give up its memory, to be allocated anew with the next item.
 */
export function emptyList(list: unknown[]): void {
  while (list.length > 0) list.pop();
}
