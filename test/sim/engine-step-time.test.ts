import { describe, expect, test } from 'vitest';
import type { EngineOptions } from '../../scenarios/scenario.ts';
import { findGpu, findModel } from '../../sim/catalog/lookup.ts';
import { engineStepTime } from '../../sim/replica/engine-step-time.ts';
import { emptyShape } from '../../sim/step-time/step-time.ts';
import { smallScenario } from '../support/scenarios.ts';

interface Hardware {
  readonly gpu?: string;
  readonly model?: string;
  readonly maxNumSeqs?: number;
  readonly weightFormat?: 'bf16' | 'fp8' | 'int4' | 'mxfp4';
}

function stepTimeOf(hardware: Hardware, engine: Partial<EngineOptions> = {}) {
  const [group] = smallScenario({ replicas: 1 }).fleet;
  const { gpu = 'H100-SXM', model = 'Llama-3.1-8B' } = hardware;
  const options: EngineOptions = {
    ...group!.engine,
    stepTime: { kind: 'roofline' },
    vllmProfile: 'vllm-0.19',
    ...engine,
  };
  return engineStepTime(options, {
    gpu: findGpu(gpu),
    model: findModel(model),
    maxNumSeqs: hardware.maxNumSeqs ?? 256,
    weightFormat: hardware.weightFormat ?? 'bf16',
  });
}

function decode(decodeSeqs: number, context: number) {
  const decodeContext = decodeSeqs * context;
  return { ...emptyShape(), decodeSeqs, decodeContext, sequences: decodeSeqs };
}

/** Of sequences without a context, so that nothing but their number counts. */
function stepsMs(engine: ReturnType<typeof stepTimeOf>, sizes: readonly number[]): number[] {
  return sizes.map((size) => engine.model.stepUs(decode(size, 0)) / 1_000);
}

describe('a batch is computed as the next larger captured CUDA graph', () => {
  test.each([
    ['entry', 'Llama-3.1-8B'],
    ['gpu', 'Qwen3-8B'],
  ])('by the step times of an %s', (basis, model) => {
    const engine = stepTimeOf({ model });
    expect(engine.basis).toBe(basis);
    const [at8, at9, at15, at16] = stepsMs(engine, [8, 9, 15, 16]);
    const perSequence = (at15! - at9!) / 6;
    expect(at16! - at15!).toBeCloseTo(perSequence, 9);
    expect(at9! - at8!).toBeGreaterThan(2 * perSequence);
  });

  test('up to twice the most sequences', () => {
    const jump = (maxNumSeqs: number) => {
      const engine = stepTimeOf({ model: 'Qwen3-8B', maxNumSeqs });
      const [at64, at65, at66] = stepsMs(engine, [64, 65, 66]);
      return at65! - at64! - (at66! - at65!);
    };
    expect(jump(32)).toBeLessThan(0.001);
    expect(jump(36)).toBeGreaterThan(0.05);
  });

  test("but not by a user's profile, which was measured with it", () => {
    const coefficients = { baseMs: 5, knots: [0], tokenMs: [0.1] };
    const profile = { name: 'mine', coefficients };
    const engine = stepTimeOf({}, { stepTime: { kind: 'profile', profile } });
    expect(stepsMs(engine, [9])[0]).toBeCloseTo(5.9, 9);
  });
});

describe('no error is expected, and it is said why, of', () => {
  test.each<[string, Hardware, Partial<EngineOptions>]>([
    ['experts', { model: 'Qwen3-30B-A3B' }, {}],
    ['latent attention', { model: 'DeepSeek-V2-Lite' }, {}],
    ['sliding windows', { model: 'Gemma-2-9B' }, {}],
    ['weights in int4', { weightFormat: 'int4' }, {}],
    ['a KV cache in fp8', {}, { kvCacheDtype: 'fp8' }],
    ['GPUs like the T4', { gpu: 'T4', model: 'Llama-3.2-1B' }, {}],
    ['GPUs like the MI300X', { gpu: 'MI300X' }, {}],
  ])('%s', (what, hardware, engine) => {
    const { expectedErrorPct, source } = stepTimeOf(hardware, engine);
    expect(expectedErrorPct).toBeUndefined();
    expect(source).toContain(what);
  });

  test.each(['L4', 'B200-SXM', 'A100-80GB-SXM'])('nothing else, as on %s', (gpu) => {
    const { expectedErrorPct, source } = stepTimeOf({ gpu, model: 'Qwen3-8B' });
    expect(expectedErrorPct).toBeDefined();
    expect(source).not.toContain('ever measured');
  });
});

test('a measured interconnect counts where there is one, and narrows the error', () => {
  const hardware = { gpu: 'L40S', model: 'Qwen3-8B' };
  const two = { tensorParallelSize: 2 } as const;
  const interconnect = { effectiveGBps: 4, allReduceMs: 0.1 };
  const sheet = stepTimeOf(hardware, two);
  const measured = stepTimeOf(hardware, { ...two, interconnect });
  expect(sheet.expectedErrorPct!.decode).toBe(25);
  expect(measured.expectedErrorPct!.decode).toBeLessThan(5);
  const prompt = { ...emptyShape(), prefillTokens: 1_024, sequences: 1 };
  // Two all-reduces in each of 36 layers, of 1,024 tokens with 4,096 values of 2 bytes.
  const linkUs = (GBps: number, fixedUs: number) => 72 * (fixedUs + (1_024 * 8_192) / (1e3 * GBps));
  const faster = { effectiveGBps: 8, allReduceMs: 0.05 };
  const gained =
    measured.model.stepUs(prompt) -
    stepTimeOf(hardware, { ...two, interconnect: faster }).model.stepUs(prompt);
  expect(gained / (linkUs(4, 100) - linkUs(8, 50))).toBeCloseTo(1, 6);
  const [alone, told] = [{}, { interconnect }].map((engine) => stepTimeOf(hardware, engine));
  expect(told!.model.stepUs(prompt)).toBe(alone!.model.stepUs(prompt));
});
