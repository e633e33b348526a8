import { describe, expect, test } from 'vitest';
import { gpus } from '../../sim/catalog/gpus/registry.ts';
import { models } from '../../sim/catalog/models/registry.ts';
import { chooseStepTime, type StepTimeOptions } from '../../sim/step-time/choose.ts';
import { leftOutErrors } from '../../sim/step-time/efficiencies.ts';
import { profiles } from '../../sim/step-time/profiles/registry.ts';
import { parseUserProfile } from '../../sim/step-time/user-profile.ts';

/** PCIe 5 without a direct path, as LLMServingSim assumes for two RTX PRO 6000. */
const pcieThroughHost = { effectiveGBps: 16, allReduceMs: 0.02 };

function choose(gpu: string, model: string, options: Partial<StepTimeOptions> = {}) {
  return chooseStepTime({
    gpu: gpus.find(({ name }) => name === gpu)!,
    model: models.find(({ name }) => name === model)!,
    tensorParallelSize: 1,
    engineVersion: '0.19.0',
    asyncScheduling: true,
    ...options,
  });
}

const decode = {
  prefillTokens: 0,
  prefillAttention: 0,
  prefillHistory: 0,
  decodeSeqs: 32,
  decodeContext: 32_768,
  sequences: 32,
};

describe('the choice of step times', () => {
  test('is what was measured of this GPU and model, with the error it was found to have', () => {
    const chosen = choose('H100-SXM', 'Llama-3.1-8B');
    expect(chosen.basis).toBe('entry');
    expect(chosen.source).toBe('aiconfigurator, vLLM 0.24.0 kernels');
    const entry = profiles
      .find(({ gpu, model }) => gpu === 'H100-SXM' && model === 'Llama-3.1-8B')!
      .entries.find(({ kernels, weights }) => kernels === '0.24.0' && weights === 'bf16')!;
    expect(chosen.expectedErrorPct).toEqual(entry.errorPct);
  });

  test('takes the kernels nearest to the simulated engine', () => {
    const kernels = (engineVersion: string) =>
      choose('H100-SXM', 'Llama-3.1-8B', { engineVersion }).source;
    expect(kernels('0.15.1')).toContain('0.14.0');
    expect(kernels('0.30.0')).toContain('0.24.0');
  });

  test('prefers kernels measured inside the engine', () => {
    expect(choose('RTX-PRO-6000', 'Llama-3.1-8B').source).toContain('LLMServingSim');
    const fp8 = choose('RTX-PRO-6000', 'Llama-3.1-8B', { weights: 'fp8' });
    expect(fp8.source).toContain('aiconfigurator');
  });

  test('is the constants of the GPU for what was not measured on it', () => {
    for (const options of [
      { weights: 'int4' },
      { kvCache: 'fp8' },
      { tensorParallelSize: 8 },
    ] as const) {
      expect(choose('H100-SXM', 'Llama-3.1-8B', options).basis).toBe('gpu');
    }
    const other = choose('H100-SXM', 'Qwen3-8B');
    expect(other.basis).toBe('gpu');
    expect(other.expectedErrorPct).toEqual(leftOutErrors.model);
  });

  test('is the data sheet alone for another GPU', () => {
    const chosen = choose('H200-SXM', 'Llama-3.1-8B');
    expect(chosen.basis).toBe('spec');
    expect(chosen.expectedErrorPct).toEqual(leftOutErrors.gpu);
  });

  test('differs between its bases by no more than the errors say', () => {
    const entry = choose('H100-SXM', 'Llama-3.1-8B').model.stepUs(decode);
    const gpu = choose('H100-SXM', 'Llama-3.1-8B', { interconnect: pcieThroughHost });
    expect(gpu.basis).toBe('gpu');
    expect(Math.abs(gpu.model.stepUs(decode) / entry - 1)).toBeLessThan(0.15);
  });

  test('expects more error of mixed steps where attention was timed apart and runs together', () => {
    const measured = (gpu: string) =>
      profiles.find((entry) => entry.gpu === gpu && entry.model === 'Llama-3.1-8B')!.entries;
    const own = measured('A100-80GB-SXM').find(
      ({ tensorParallelSize, weights }) => tensorParallelSize === 1 && weights === 'bf16',
    )!;
    const apart = choose('A100-80GB-SXM', 'Llama-3.1-8B').expectedErrorPct;
    expect(apart).toEqual({ ...own.errorPct, mixed: 12.3 });
    const together = choose('RTX-PRO-6000', 'Llama-3.1-8B').expectedErrorPct;
    expect(together!.mixed).toBeLessThan(8);
    expect(choose('H100-SXM', 'Llama-3.1-8B').expectedErrorPct!.mixed).toBeLessThan(8);
  });

  test('prices mixed attention by the kernel, whatever the bandwidth of the card', () => {
    const penalty = (gpu: string) => {
      const { model } = choose(gpu, 'Qwen3-8B', { engineVersion: '0.11.0' });
      const us = (decodeContext: number) =>
        model.stepUs({ ...decode, prefillTokens: 512, sequences: 33, decodeContext });
      return (us(64_000) - us(32_000)) / (32_000 / 32) / model.decodeGrowthUs(32, 0);
    };
    const a100s = ['A100-40GB-SXM', 'A100-40GB-PCIe', 'A100-80GB-PCIe', 'A100-80GB-SXM'];
    for (const gpu of [...a100s, 'L40S', 'L4', 'RTX-5090']) {
      expect(penalty(gpu)).toBeGreaterThan(1.7);
    }
    for (const gpu of ['H100-SXM', 'H100-PCIe', 'H200-SXM', 'B200-SXM']) {
      expect(penalty(gpu)).toBeLessThan(1.1);
    }
  });

  test('expects 25 % of error from an unprobed PCIe machine', () => {
    const two = choose('L40S', 'Llama-3.1-8B', { tensorParallelSize: 2 });
    expect(two.basis).toBe('entry');
    expect(two.expectedErrorPct).toEqual({ decode: 25, prefill: 25, mixed: 25 });
    const told = { tensorParallelSize: 2, interconnect: pcieThroughHost } as const;
    expect(choose('L40S', 'Llama-3.1-8B', told).expectedErrorPct).toEqual(leftOutErrors.model);
  });

  test("is the user's own profile before everything else", () => {
    const text = JSON.stringify({
      name: 'my cluster',
      coefficients: { baseMs: 5, knots: [1], tokenMs: [0] },
      host: { stepMs: 1 },
    });
    const userProfile = parseUserProfile(text, 'mine.json');
    const chosen = choose('H100-SXM', 'Llama-3.1-8B', { userProfile });
    expect(chosen.basis).toBe('user');
    expect(chosen.source).toBe('my cluster');
    expect(chosen.expectedErrorPct).toBeUndefined();
    expect(chosen.model.stepUs(decode)).toBe(6_000);
  });

  test('adds the host of the simulated engine', () => {
    const us = (engineVersion: string) =>
      choose('L40S', 'Llama-3.1-8B', { engineVersion }).model.stepUs(decode);
    const host = (stepMs: number, sequenceMs: number) => 1_000 * (stepMs + 32 * sequenceMs);
    expect(us('0.19.0') - us('0.15.1')).toBeCloseTo(host(0.3, 0.015) - host(0.02, 0.024), 6);
  });
});
