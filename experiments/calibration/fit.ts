import type { ProfileEntry, StepProfile } from '../../sim/step-time/profile.ts';
import { type Combination, combinations } from './combinations.ts';
import { crossValidate, errorsByKind } from './cross-validation.ts';
import { fitEfficiency, type PartedRow, partedRows } from './efficiency-fit.ts';
import { leaveOneGpuOut, leaveOneModelOut, meanErrors } from './left-out.ts';
import { efficienciesSource, profileSource } from './profile-source.ts';
import { fitStepTime, hasHistory } from './step-fit.ts';
import { admitted, type StepRow } from './step-rows.ts';

export const profileFolder = 'sim/step-time/profiles';

/** The data files of the step-time models, by path, from nothing but the rows. */
export function fittedFiles(rows: readonly StepRow[]): Map<string, string> {
  const used = admitted(rows);
  const files = new Map(
    fittedProfiles(used).map((profile) => [
      `${profileFolder}/${kebab(profile.gpu)}-${kebab(profile.model)}.ts`,
      profileSource(profile),
    ]),
  );
  const parted = partedRows(used);
  const shared = fitEfficiency(parted);
  files.set(
    'sim/step-time/efficiencies.ts',
    efficienciesSource({
      shared,
      // What the rows of a GPU say nothing about keeps its shared value.
      byGpu: new Map(byGpu(parted).map(([gpu, own]) => [gpu, fitEfficiency(own, shared)])),
      modelErrors: meanErrors(leaveOneModelOut(parted)).byKind,
      gpuErrors: meanErrors(leaveOneGpuOut(parted)).byKind,
    }),
  );
  return files;
}

export function fittedProfiles(rows: readonly StepRow[]): StepProfile[] {
  const profiles = new Map<string, { gpu: string; model: string; entries: ProfileEntry[] }>();
  for (const combination of combinations(rows)) {
    const { gpu, model } = combination.rows[0]!;
    const key = `${gpu.name}/${model.name}`;
    const profile = profiles.get(key) ?? { gpu: gpu.name, model: model.name, entries: [] };
    profile.entries.push(fittedEntry(combination));
    profiles.set(key, profile);
  }
  return [...profiles.values()];
}

export function fittedEntry({ rows }: Combination): ProfileEntry {
  const { source, kernels, tensorParallelSize, weights } = rows[0]!;
  return {
    source,
    kernels,
    tensorParallelSize,
    weights,
    rows: rows.length,
    historyFrom: hasHistory(rows) ? 'data' : 'prior',
    errorPct: errorsByKind(crossValidate(rows)),
    range: {
      tokens: most(rows, ({ shape }) => shape.prefillTokens + shape.decodeSeqs),
      decodeSeqs: most(rows, ({ shape }) => shape.decodeSeqs),
      decodeContext: most(rows, ({ shape }) => shape.decodeContext),
      meanContext: most(rows, ({ shape }) => shape.decodeContext / Math.max(1, shape.decodeSeqs)),
      prefillHistory: most(rows, ({ shape }) => shape.prefillHistory),
    },
    coefficients: fitStepTime(rows),
  };
}

function most(rows: readonly StepRow[], value: (row: StepRow) => number): number {
  return Math.max(...rows.map(value));
}

function byGpu(rows: readonly PartedRow[]): [string, PartedRow[]][] {
  const names = [...new Set(rows.map(({ row }) => row.gpu.name))].sort();
  return names.map((name) => [name, rows.filter(({ row }) => row.gpu.name === name)]);
}

function kebab(name: string): string {
  return name.toLowerCase();
}
