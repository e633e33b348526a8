import type { LiveRunFacts } from './live-summary.ts';

export const liveRunHeads = [
  'live run',
  'seed',
  'generator lag p99',
  'of a core',
  'emulator lag p99',
  '',
] as const;

/** How far each live run can be believed, as cells. */
export function liveRunRows(runs: readonly LiveRunFacts[]): string[][] {
  return runs.map((run) => [
    run.strategy,
    String(run.seed),
    `${run.generatorLagP99Ms.toFixed(2)} ms`,
    `${(100 * run.generatorCpuShare).toFixed(0)} %`,
    run.emulatorLagP99Ms === null ? '–' : `${run.emulatorLagP99Ms.toFixed(2)} ms`,
    [run.invalid.length > 0 ? 'invalid' : '', replayText(run)].filter(Boolean).join(', '),
  ]);
}

function replayText({ decisions }: LiveRunFacts): string {
  if (decisions === undefined) return '';
  return `${decisions.differing} of ${decisions.picks} picks differ in replay`;
}
