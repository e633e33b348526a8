import type { StepErrors } from '../../sim/step-time/profile.ts';
import { efficiencyPredictor, fitEfficiency, type PartedRow } from './efficiency-fit.ts';
import { stepKinds } from './step-rows.ts';

/** How far the roofline model is off on something it has not seen. */
export interface LeftOut {
  readonly name: string;
  /** Over all groups of rows, in percent. */
  readonly all: number;
  readonly byKind: StepErrors;
}

/** Each GPU by constants that were fitted on the others alone. */
export function leaveOneGpuOut(rows: readonly PartedRow[]): LeftOut[] {
  return distinct(rows, ({ row }) => row.gpu.name).map((name) => {
    const isLeftOut = ({ row }: PartedRow) => row.gpu.name === name;
    return { name, ...errorsOnLeftOut(rows, isLeftOut) };
  });
}

/** Each model by constants that were fitted on the other models on the same GPU. */
export function leaveOneModelOut(rows: readonly PartedRow[]): LeftOut[] {
  return distinct(rows, ({ row }) => row.gpu.name).flatMap((gpu) => {
    const ofGpu = rows.filter(({ row }) => row.gpu.name === gpu);
    const models = distinct(ofGpu, ({ row }) => row.model.name);
    if (models.length === 1) return [];
    return models.map((model) => {
      const isLeftOut = ({ row }: PartedRow) => row.model.name === model;
      return { name: `${model} on ${gpu}`, ...errorsOnLeftOut(ofGpu, isLeftOut) };
    });
  });
}

/** Every item counts the same. */
export function meanErrors(items: readonly LeftOut[]): Omit<LeftOut, 'name'> {
  const mean = (value: (item: LeftOut) => number) =>
    items.reduce((sum, item) => sum + value(item), 0) / items.length;
  return {
    all: mean(({ all }) => all),
    byKind: {
      decode: mean(({ byKind }) => byKind.decode),
      prefill: mean(({ byKind }) => byKind.prefill),
      mixed: mean(({ byKind }) => byKind.mixed),
    },
  };
}

function errorsOnLeftOut(
  rows: readonly PartedRow[],
  isLeftOut: (row: PartedRow) => boolean,
): Omit<LeftOut, 'name'> {
  const efficiency = fitEfficiency(rows.filter((row) => !isLeftOut(row)));
  return groupErrors(rows.filter(isLeftOut), efficiencyPredictor(efficiency));
}

/** The mean over groups of the mean absolute percentage error in each. */
export function groupErrors(
  rows: readonly PartedRow[],
  predict: (row: PartedRow) => number,
): Omit<LeftOut, 'name'> {
  const groups = distinct(rows, ({ group }) => group).map((name) => {
    const members = rows.filter(({ group }) => group === name);
    const errors = members.map((row) => 100 * Math.abs(predict(row) / row.row.ms - 1));
    return { kind: members[0]!.row.kind, error: mean(errors) };
  });
  const [decode, prefill, mixed] = stepKinds.map((kind) =>
    mean(groups.filter((group) => group.kind === kind).map(({ error }) => error)),
  );
  return {
    all: mean(groups.map(({ error }) => error)),
    byKind: { decode: decode!, prefill: prefill!, mixed: mixed! },
  };
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function distinct<T>(items: readonly T[], name: (item: T) => string): string[] {
  return [...new Set(items.map(name))];
}
