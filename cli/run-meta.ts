import { shellWord } from '../experiments/shell-word.ts';
import type { Comparison } from '../reports/summary.ts';

/** How and when a result came about; the only part of it that differs between executions. */
export function describeRun(startedAt: Date): Comparison['meta']['run'] {
  return {
    startedAt: startedAt.toISOString(),
    durationMs: Date.now() - startedAt.getTime(),
    node: process.versions.node,
    command: ['fairlead', ...process.argv.slice(2).map(shellWord)].join(' '),
  };
}

/** The command line as a shell has it, but for these options and their values. */
export function commandWithout(options: readonly string[]): string {
  const args = process.argv.slice(2);
  const kept = args.filter((argument, index) => {
    const before = args[index - 1];
    const isValue = before !== undefined && options.includes(before);
    return !isValue && !options.some((option) => isOption(argument, option));
  });
  return ['fairlead', ...kept.map(shellWord)].join(' ');
}

/** Alone, or with its value as in `--out=there` and `-othere`. */
function isOption(argument: string, option: string): boolean {
  if (argument === option) return true;
  return argument.startsWith(option.startsWith('--') ? `${option}=` : option);
}
