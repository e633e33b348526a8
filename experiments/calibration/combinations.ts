import type { StepRow } from './step-rows.ts';

/** The rows that one set of coefficients is fitted to. */
export interface Combination {
  readonly name: string;
  readonly rows: readonly StepRow[];
}

/** By source, GPU, kernels, model, tensor parallel size and weights, in the order of the data. */
export function combinations(rows: readonly StepRow[]): Combination[] {
  const byName = new Map<string, StepRow[]>();
  for (const row of rows) {
    const { source, gpu, kernels, model, tensorParallelSize, weights } = row;
    const parts = [
      gpu.name,
      model.name,
      `TP${tensorParallelSize}`,
      weights,
      `${source} ${kernels}`,
    ];
    const name = parts.join(', ');
    const group = byName.get(name);
    if (group === undefined) byName.set(name, [row]);
    else group.push(row);
  }
  return [...byName].map(([name, group]) => ({ name, rows: group }));
}
