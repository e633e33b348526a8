import { InvalidArgumentError } from '@commander-js/extra-typings';
import type { Played } from '../experiments/live/play-against.ts';
import { aiperfExport, aiperfLines } from '../reports/exports/aiperf.ts';
import type { ExportedRun } from '../reports/exports/exported-run.ts';
import { guidellmExport } from '../reports/exports/guidellm.ts';
import { vllmBenchExport } from '../reports/exports/vllm-bench.ts';
import type { Comparison } from '../reports/summary.ts';
import { writeFile } from './run-folder.ts';

const tools = {
  'vllm-bench': (run: ExportedRun) => jsonText(vllmBenchExport(run)),
  guidellm: (run: ExportedRun) => jsonText(guidellmExport(run)),
  aiperf: (run: ExportedRun, file: string) =>
    file.endsWith('.jsonl') ? aiperfLines(run).join('') : jsonText(aiperfExport(run)),
} as const;

export interface ExportChoice {
  readonly tool: keyof typeof tools;
  readonly file: string;
}

/** Reads "vllm-bench=result.json". */
export function exportChoice(text: string, before: readonly ExportChoice[] = []): ExportChoice[] {
  const [, name, file] = /^([^=]+)=(.+)$/.exec(text) ?? [];
  const tool = (Object.keys(tools) as (keyof typeof tools)[]).find((known) => known === name);
  if (tool !== undefined && file !== undefined) return [...before, { tool, file }];
  const known = Object.keys(tools).join(', ');
  throw new InvalidArgumentError(`Write tool=file with one of ${known}, not "${text}".`);
}

export interface ExportsOptions {
  readonly comparison: Comparison;
  readonly played: Played;
}

/** Returns a line for each file. */
export function writeExports(
  choices: readonly ExportChoice[],
  { comparison, played }: ExportsOptions,
): string[] {
  const { meta, scenario, strategies } = comparison;
  const { api, model, run, url } = played;
  const exported: ExportedRun = {
    ...{ api, model, url, scenario: scenario.name, seed: meta.seeds[0]! },
    ...{ log: run.log, gaps: run.gaps, window: run.window, startedAtS: run.startedAtS },
    ...{ version: meta.version, runId: meta.runId, command: meta.run.command },
    wasCancelled: run.isInterrupted,
    goodputRps: scenario.slo.length > 0 ? strategies[0]!.metrics.goodputRps.mean : null,
  };
  return choices.map(({ file, tool }) => {
    writeFile(file, tools[tool](exported, file));
    return `${`${tool}:`.padEnd(8)} ${file}`;
  });
}

function jsonText(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}
