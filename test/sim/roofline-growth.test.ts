import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { gpus } from '../../sim/catalog/gpus/registry.ts';
import { models } from '../../sim/catalog/models/registry.ts';
import { efficiencies } from '../../sim/step-time/efficiencies.ts';
import { type HostOverhead, hostOverheadOf } from '../../sim/step-time/host-overhead.ts';
import { rooflineStepTime } from '../../sim/step-time/roofline.ts';
import type { StepShape } from '../../sim/step-time/step-time.ts';

const measuredHost = hostOverheadOf('0.19.0', true);

const anyStep = fc.record({
  model: fc.constantFrom(...models),
  tensorParallelSize: fc.constantFrom(1, 2, 4, 8),
  sharedAttentionKernel: fc.boolean(),
  prefillTokens: fc.oneof(fc.constant(0), fc.nat(8_192)),
  prefillHistory: fc.nat(100_000),
  decodeSeqs: fc.oneof(fc.constant(0), fc.nat(256)),
  contextTokens: fc.integer({ min: 1, max: 30_000 }),
});
type Step = typeof anyStep extends fc.Arbitrary<infer T> ? T : never;

/** All sequences decode at the same context; one more chunk of prompt gets its first token. */
function shapeOf({ prefillTokens, prefillHistory, decodeSeqs, contextTokens }: Step): StepShape {
  const history = prefillTokens > 0 ? prefillHistory : 0;
  return {
    prefillTokens,
    prefillHistory: history,
    prefillAttention: prefillTokens * (history + prefillTokens / 2),
    decodeSeqs,
    decodeContext: decodeSeqs * contextTokens,
    sequences: decodeSeqs + (prefillTokens > 0 ? 1 : 0),
  };
}

describe.each(gpus.map((gpu) => [gpu.name, gpu] as const))('a step on %s', (_name, gpu) => {
  const efficiency = efficiencies.byGpu[gpu.name] ?? efficiencies.shared;
  const stepTimeOf = (
    { model, tensorParallelSize, sharedAttentionKernel }: Step,
    host: HostOverhead = measuredHost,
  ) =>
    rooflineStepTime({
      gpu,
      model,
      tensorParallelSize,
      efficiency,
      sharedAttentionKernel,
      host,
    });
  const timeOf = (step: Step, shape: StepShape) => stepTimeOf(step).stepUs(shape);
  const gpuTimeOf = (step: Step, shape: StepShape) =>
    stepTimeOf(step, { stepMs: 0, sequenceMs: 0 }).stepUs(shape);

  test('never gets shorter by another sequence of the same context', () => {
    const property = fc.property(anyStep, fc.nat(64), (step, more) => {
      const larger = { ...step, decodeSeqs: step.decodeSeqs + more };
      const growth = timeOf(step, shapeOf(larger)) - timeOf(step, shapeOf(step));
      expect(growth).toBeGreaterThanOrEqual(-1e-6);
    });
    fc.assert(property, { seed: 1, numRuns: 300 });
  });

  test('never gets shorter by more of anything that it reads or computes', () => {
    const what = fc.constantFrom(
      'prefillTokens',
      'prefillAttention',
      'prefillHistory',
      'decodeContext',
      'sequences',
    );
    const property = fc.property(anyStep, what, fc.nat(10_000), (step, key, more) => {
      const shape = shapeOf(step);
      const growth = timeOf(step, { ...shape, [key]: shape[key] + more }) - timeOf(step, shape);
      expect(growth).toBeGreaterThanOrEqual(-1e-6);
    });
    fc.assert(property, { seed: 1, numRuns: 500 });
  });

  test('grows by a constant from one decode step to the next, for as long as it says', () => {
    const property = fc.property(anyStep, fc.integer({ min: 1, max: 1_000 }), (step, most) => {
      const stepTime = stepTimeOf(step);
      const decode = shapeOf({ ...step, prefillTokens: 0, decodeSeqs: step.decodeSeqs + 1 });
      const { decodeSeqs, decodeContext } = decode;
      const steps = Math.min(most, stepTime.evenSteps!(decodeSeqs, decodeContext) - 1);
      const later = { ...decode, decodeContext: decodeContext + steps * decodeSeqs };
      const growthUs = stepTime.decodeGrowthUs(decodeSeqs, decodeContext);
      const grown = stepTime.stepUs(decode) + steps * growthUs;
      expect(grown / stepTime.stepUs(later)).toBeCloseTo(1, 9);
    });
    fc.assert(property, { seed: 1, numRuns: 200 });
  });

  test('takes at least as long as its host, and is a finite time', () => {
    const property = fc.property(anyStep, (step) => {
      const shape = shapeOf(step);
      const hostUs = 1_000 * (measuredHost.stepMs + measuredHost.sequenceMs * shape.sequences);
      const stepUs = timeOf(step, shape);
      expect(Number.isFinite(stepUs)).toBe(true);
      expect(stepUs).toBeGreaterThan(hostUs);
    });
    fc.assert(property, { seed: 1, numRuns: 200 });
  });

  test('is not faster than its memory or its arithmetic allows', () => {
    const property = fc.property(anyStep, (step) => {
      const { model, tensorParallelSize: tp } = step;
      // A step reads and computes only with the experts that it has tokens for.
      fc.pre(model.moe === undefined);
      const weightBytes = (2 * (model.parameters - 2 * model.vocabSize * model.hiddenSize)) / tp;
      // No fitted efficiency exceeds 1.2 of the data sheet.
      const readUs = weightBytes / (gpu.bandwidthGBps * 1e3) / 1.2;
      const flops = weightBytes * (step.prefillTokens + step.decodeSeqs);
      const computeUs = flops / (gpu.bf16Tflops * 1e6) / 1.2;
      expect(timeOf(step, shapeOf(step))).toBeGreaterThan(0.98 * Math.max(readUs, computeUs));
    });
    fc.assert(property, { seed: 1, numRuns: 200 });
  });

  test('pays for the history of a chunk by the token and the layer', () => {
    const property = fc.property(anyStep, fc.integer({ min: 1, max: 100_000 }), (step, more) => {
      const shape = shapeOf(step);
      const longer = { ...shape, prefillHistory: shape.prefillHistory + more };
      const growthUs = gpuTimeOf(step, longer) - gpuTimeOf(step, shape);
      const layers = step.model.layers - (step.model.slidingWindow?.layers ?? 0);
      const historyUs = more * layers * efficiency.historyNs * 1e-3;
      expect(growthUs / historyUs).toBeCloseTo(1, 4);
    });
    fc.assert(property, { seed: 1, numRuns: 100 });
  });
});
