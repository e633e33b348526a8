import type { LiveRunFacts } from '../reports/summary.ts';
import type { TextStyle } from '../reports/terminal-table.ts';
import { textTable } from './print-table.ts';

/** How far each live run can be believed. */
export function liveRunsTable(runs: readonly LiveRunFacts[], style: TextStyle): string {
  const head = ['live run', 'seed', 'generator lag p99', 'of a core', 'emulator lag p99', ''];
  const rows = runs.map((run) => [
    run.strategy,
    String(run.seed),
    `${run.generatorLagP99Ms.toFixed(2)} ms`,
    `${(100 * run.generatorCpuShare).toFixed(0)} %`,
    run.emulatorLagP99Ms === null ? '–' : `${run.emulatorLagP99Ms.toFixed(2)} ms`,
    [run.invalid.length > 0 ? 'invalid' : '', replayText(run)].filter(Boolean).join(', '),
  ]);
  const lines = textTable([head, ...rows], style).split('\n');
  return lines.map((line) => `  ${line}`).join('\n');
}

function replayText({ decisions }: LiveRunFacts): string {
  if (decisions === undefined) return '';
  return `${decisions.differing} of ${decisions.picks} picks differ in replay`;
}
