import { combinations } from './combinations.ts';
import { crossValidate, errorsByKind } from './cross-validation.ts';
import { type PartedRow, partedRows } from './efficiency-fit.ts';
import { type LeftOut, leaveOneGpuOut, leaveOneModelOut, meanErrors } from './left-out.ts';
import { type MeasuredRequest, requestsFile } from './replay.ts';
import { replayRows } from './replay-rows.ts';
import { admitted, type StepRow, stepFiles, stepKinds } from './step-rows.ts';
import { judged, type ValidationRow } from './validation-row.ts';

export interface ValidationData {
  readonly steps: readonly StepRow[];
  readonly requests: readonly MeasuredRequest[];
}

/** Everything that the step times are held against. */
export function validate({ steps, requests }: ValidationData): ValidationRow[] {
  return [...crossValidationRows(steps), ...leftOutRows(steps), ...replayRows(requests)];
}

/** What was read, in a line. */
export function dataLine(folder: string, { steps, requests }: ValidationData): string {
  const files = [stepFiles.aiconfigurator, stepFiles.LLMServingSim, requestsFile];
  const used = admitted(steps).length;
  const counts = `${used} of ${steps.length} steps, ${requests.length} requests`;
  return `Data: ${folder} (${files.join(', ')}): ${counts}`;
}

const stepLimits = { decode: 4, prefill: 6, mixed: 8 } as const;

/** Each combination and kind of step, by five fits that have not seen what they predict. */
function crossValidationRows(steps: readonly StepRow[]): ValidationRow[] {
  const withAllRows = new Map(
    combinations(steps).map(({ name, rows }) => [name, errorsByKind(crossValidate(rows))]),
  );
  return combinations(admitted(steps)).flatMap(({ name, rows }) => {
    const errors = errorsByKind(crossValidate(rows));
    return stepKinds.map((kind) => {
      const count = rows.filter((row) => row.kind === kind).length;
      return judged({
        name: `${kind} step, ${name}`,
        value: errors[kind],
        limit: stepLimits[kind],
        source: `${stepFiles[rows[0]!.source]}, ${count} rows, 5 folds`,
        allRows: withAllRows.get(name)![kind],
      });
    });
  });
}

/** The roofline model on a model, or a GPU, that its constants have not seen. */
function leftOutRows(steps: readonly StepRow[]): ValidationRow[] {
  const used = partedRows(admitted(steps));
  const all = partedRows(steps);
  const files = `${stepFiles.aiconfigurator}, ${stepFiles.LLMServingSim}`;
  const row = (
    name: string,
    limit: number,
    leaveOut: (rows: readonly PartedRow[]) => LeftOut[],
  ) => {
    const items = leaveOut(used);
    return judged({
      name,
      value: meanErrors(items).all,
      limit,
      source: `${files}, mean over ${items.length} items`,
      allRows: meanErrors(leaveOut(all)).all,
      items: Object.fromEntries(items.map((item) => [item.name, item.all])),
    });
  };
  return [
    row('left-out model, constants of its GPU', 8, leaveOneModelOut),
    row('left-out GPU, constants of the others', 13, leaveOneGpuOut),
  ];
}
