import { randomIndex, randomStream } from '../../core/random.ts';
import type { StepErrors } from '../../sim/step-time/profile.ts';
import { fitStepTime, predictor } from './step-fit.ts';
import { type StepKind, type StepRow, stepKinds } from './step-rows.ts';

/** What a model says about a row that it has not seen. */
export interface Prediction {
  readonly row: StepRow;
  readonly ms: number;
}

/** Every row is predicted once, by a fit of the four fifths that it is not in. */
export function crossValidate(rows: readonly StepRow[], folds = 5): Prediction[] {
  const order = shuffled(rows.map((_, index) => index));
  const predictions: Prediction[] = [];
  for (let fold = 0; fold < folds; fold++) {
    const isLeftOut = (position: number) => position % folds === fold;
    const seen = order.filter((_, position) => !isLeftOut(position)).map((index) => rows[index]!);
    const predict = predictor(fitStepTime(seen));
    for (const [position, index] of order.entries()) {
      const row = rows[index]!;
      if (isLeftOut(position)) predictions.push({ row, ms: predict(row) });
    }
  }
  return predictions;
}

/** Mean absolute percentage error of each kind of step; NaN for a kind that has no rows. */
export function errorsByKind(predictions: readonly Prediction[]): StepErrors {
  const [decode, prefill, mixed] = stepKinds.map((kind) => meanError(predictions, kind));
  return { decode: decode!, prefill: prefill!, mixed: mixed! };
}

function meanError(predictions: readonly Prediction[], kind: StepKind): number {
  const errors = predictions
    .filter(({ row }) => row.kind === kind)
    .map(({ row, ms }) => 100 * Math.abs(ms / row.ms - 1));
  return errors.reduce((sum, error) => sum + error, 0) / errors.length;
}

/** The same order every time (Fisher and Yates). */
function shuffled(items: number[]): number[] {
  const random = randomStream(1, 'calibration/folds');
  for (let i = items.length - 1; i > 0; i--) {
    const j = randomIndex(random, i + 1);
    [items[i], items[j]] = [items[j]!, items[i]!];
  }
  return items;
}
