import { describe, expect, test } from 'vitest';
import { crossValidate } from '../../../experiments/calibration/cross-validation.ts';
import { partedRows } from '../../../experiments/calibration/efficiency-fit.ts';
import { leaveOneGpuOut, leaveOneModelOut } from '../../../experiments/calibration/left-out.ts';
import { fitStepTime, predictor } from '../../../experiments/calibration/step-fit.ts';
import type { StepRow } from '../../../experiments/calibration/step-rows.ts';
import { efficiencies } from '../../../sim/step-time/efficiencies.ts';
import { rooflineStepTime } from '../../../sim/step-time/roofline.ts';
import type { StepShape } from '../../../sim/step-time/step-time.ts';
import { syntheticRows } from '../../support/step-rows.ts';

function anyTime(shape: Readonly<StepShape>): number {
  const { prefillTokens, decodeSeqs, decodeContext, prefillAttention, prefillHistory } = shape;
  const tokens = prefillTokens + decodeSeqs;
  const read = 2e-4 * decodeContext + 5e-4 * prefillHistory + 1e-6 * prefillAttention;
  return 10 + 0.05 * tokens + read;
}

describe('five folds', () => {
  const rows = syntheticRows({ gpu: 'RTX4090', count: 150, msOf: anyTime });

  test('predict each row once', () => {
    const predicted = crossValidate(rows).map(({ row }) => row);
    expect(new Set(predicted)).toEqual(new Set(rows));
    expect(predicted.length).toBe(rows.length);
  });

  test('predict a row without having seen its time', () => {
    for (const index of [0, 1, 2, 77, 149]) {
      const victim = rows[index]!;
      const spoilt: StepRow = { ...victim, ms: victim.ms * 3 };
      const before = crossValidate(rows).find(({ row }) => row === victim)!;
      const after = crossValidate(rows.with(index, spoilt)).find(({ row }) => row === spoilt)!;
      expect(after.ms).toBe(before.ms);
    }
  });

  test('see the rows of the other folds', () => {
    const spoilt = rows.map((row) => ({ ...row, ms: row.ms * 3 }));
    expect(crossValidate(spoilt)[0]!.ms).toBeCloseTo(3 * crossValidate(rows)[0]!.ms, 3);
  });
});

test('a fit finds the formula that the times were made with', () => {
  const rows = syntheticRows({ gpu: 'RTX4090', count: 300, msOf: anyTime });
  const predict = predictor(fitStepTime(rows));
  for (const row of rows) expect(Math.abs(predict(row) / row.ms - 1)).toBeLessThan(0.002);
});

describe('a GPU or a model that is left out', () => {
  const msOf: Parameters<typeof syntheticRows>[0]['msOf'] = (shape, about) => {
    const stepTime = rooflineStepTime({
      ...about,
      tensorParallelSize: 1,
      efficiency: efficiencies.shared,
      sharedAttentionKernel: true,
      host: { stepMs: 0, sequenceMs: 0 },
    });
    return stepTime.stepUs(shape) / 1_000;
  };
  const twice: typeof msOf = (shape, about) => 2 * msOf(shape, about);
  const of = (gpu: string, model: string, time = msOf) =>
    syntheticRows({ gpu, model, count: 60, msOf: time });

  test('is predicted well when it is like the others', () => {
    const rows = partedRows([
      ...of('A100-80GB-SXM', 'Llama-3.1-8B'),
      ...of('L40S', 'Llama-3.1-8B'),
      ...of('RTX4090', 'Llama-3.1-8B'),
    ]);
    for (const { all } of leaveOneGpuOut(rows)) expect(all).toBeLessThan(6);
  });

  test('is half of the truth when it alone takes twice as long', () => {
    const rows = partedRows([
      ...of('A100-80GB-SXM', 'Llama-3.1-8B'),
      ...of('L40S', 'Llama-3.1-8B'),
      ...of('RTX4090', 'Llama-3.1-8B', twice),
    ]);
    const leftOut = leaveOneGpuOut(rows).find(({ name }) => name === 'RTX-4090')!;
    expect(leftOut.all).toBeGreaterThan(45);
    expect(leftOut.all).toBeLessThan(55);
  });

  test('the same holds for a model', () => {
    const rows = partedRows([
      ...of('L40S', 'Llama-3.1-8B'),
      ...of('L40S', 'Mistral-Nemo-12B'),
      ...of('L40S', 'Qwen3-32B', twice),
    ]);
    const leftOut = leaveOneModelOut(rows).find(({ name }) => name === 'Qwen3-32B on L40S')!;
    expect(leftOut.all).toBeGreaterThan(40);
  });
});
