import type { Comparison } from '../reports/summary.ts';

/** How and when a result came about; the only part of it that differs between executions. */
export function describeRun(startedAt: Date): Comparison['meta']['run'] {
  return {
    startedAt: startedAt.toISOString(),
    durationMs: Date.now() - startedAt.getTime(),
    node: process.versions.node,
    command: ['fairlead', ...process.argv.slice(2).map(quote)].join(' '),
  };
}

function quote(argument: string): string {
  return /^[\w@%+=:,./-]+$/.test(argument) ? argument : `'${argument.replaceAll("'", "'\\''")}'`;
}
