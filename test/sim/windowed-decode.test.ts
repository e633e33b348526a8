import { describe, expect, test } from 'vitest';
import { findGpu, findModel } from '../../sim/catalog/lookup.ts';
import type { Model } from '../../sim/catalog/model.ts';
import { efficiencies } from '../../sim/step-time/efficiencies.ts';
import { rooflineStepTime } from '../../sim/step-time/roofline.ts';
import { emptyShape, type StepTimeModel } from '../../sim/step-time/step-time.ts';

function stepTimeOf(model: Model): StepTimeModel {
  return rooflineStepTime({
    gpu: findGpu('A100-80GB-SXM'),
    model,
    tensorParallelSize: 1,
    efficiency: efficiencies.byGpu['A100-80GB-SXM']!,
    sharedAttentionKernel: false,
    host: { stepMs: 0, sequenceMs: 0 },
  });
}

function stepUs(stepTime: StepTimeModel, decodeSeqs: number, decodeContext: number): number {
  return stepTime.stepUs({ ...emptyShape(), decodeSeqs, decodeContext, sequences: decodeSeqs });
}

/** Without its windows: all layers keep all of the context. */
function withoutWindow({ slidingWindow: _window, ...model }: Model): Model {
  return model;
}

const mistral: Model = {
  ...findModel('Mistral-7B-v0.3'),
  slidingWindow: { tokens: 4_096, layers: 32 },
};
const windowed = [
  mistral,
  ...['Gemma-2-9B', 'Gemma-3-12B', 'Gemma-3-27B', 'gpt-oss-20b'].map((name) => findModel(name)),
];

describe.each(windowed)('a decode step of $name', (model) => {
  const { layers, tokens } = model.slidingWindow!;
  const time = stepTimeOf(model);
  const full = stepTimeOf(withoutWindow(model));

  test('takes within its window what it would take without one', () => {
    for (const context of [1, tokens / 2, tokens]) {
      const [with1, without] = [time, full].map((each) => stepUs(each, 32, 32 * context));
      expect(with1! / without!).toBeCloseTo(1, 12);
    }
  });

  test('reads in the layers with a window no more than that', () => {
    const [with1, without] = [time, full].map((each) => stepUs(each, 32, 32 * 3 * tokens));
    const layerBytes = 4 * model.kvHeads * model.headDim;
    const spared = 2 * tokens * layers;
    const { kvBandwidth, meanContext } = efficiencies.byGpu['A100-80GB-SXM']!;
    const bytes = spared * ((32 * layerBytes) / kvBandwidth + meanContext * 4 * model.headDim);
    expect((without! - with1!) / (bytes / 2_039e3)).toBeCloseTo(1, 9);
  });

  test('grows by what it says from step to step, across the end of its window', () => {
    for (const [seqs, firstContext] of [
      [1, tokens - 20],
      [7, 7 * tokens - 100],
      [3, 1],
    ] as const) {
      let context = firstContext;
      let left = 0;
      let expectedUs = 0;
      let growthUs = 0;
      for (let step = 0; step < tokens + 50; step++) {
        if (left === 0) {
          left = time.evenSteps!(seqs, context);
          growthUs = time.decodeGrowthUs(seqs, context);
          expectedUs = stepUs(time, seqs, context);
        }
        expect(stepUs(time, seqs, context) / expectedUs).toBeCloseTo(1, 9);
        context += seqs;
        expectedUs += growthUs;
        left -= 1;
      }
      expect(left).toBe(Number.POSITIVE_INFINITY);
    }
  });
});
