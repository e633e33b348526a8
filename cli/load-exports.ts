import { FairleadError } from '../core/errors.ts';
import type { Comparison } from '../reports/summary.ts';
import type { Played } from './play-against.ts';

export function exportChoice(text: string, before: readonly string[] = []): string[] {
  return [...before, text];
}

export function writeExports(
  all: readonly string[],
  _from: { comparison: Comparison; played: Played },
): string[] {
  if (all.length > 0) throw new FairleadError('USAGE', 'not yet');
  return [];
}
