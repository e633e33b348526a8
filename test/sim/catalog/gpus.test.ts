import { describe, expect, test } from 'vitest';
import type { Gpu } from '../../../sim/catalog/gpu.ts';
import { gpus } from '../../../sim/catalog/gpus/registry.ts';

const all: readonly (readonly [string, Gpu])[] = gpus.map((gpu) => [gpu.name, gpu]);

test('there are cards for every purse, each under one name', () => {
  expect(gpus.length).toBeGreaterThanOrEqual(22);
  expect(new Set(gpus.map(({ name }) => name.toLowerCase())).size).toBe(gpus.length);
});

// The figures that data sheets print twice as high, with sparsity, are the ones to get wrong.
test.each([
  ['T4', 65, undefined],
  ['A10', 125, undefined],
  ['L4', 121, 242],
  ['L40S', 362, 733],
  ['RTX-3090', 71, undefined],
  ['RTX-4090', 165.2, 330.3],
  ['A100-40GB-PCIe', 312, undefined],
  ['A100-80GB-SXM', 312, undefined],
  ['H100-SXM', 989, 1979],
  ['H100-PCIe', 756, 1513],
  ['H100-NVL', 835, 1671],
  ['B200-SXM', 2250, 4500],
  ['MI300X', 1307, 2615],
])('%s computes %d TFLOPS dense in 16 bits', (name, bf16Tflops, fp8Tflops) => {
  expect(gpus.find((gpu) => gpu.name === name)).toMatchObject({
    bf16Tflops,
    ...(fp8Tflops === undefined ? {} : { fp8Tflops }),
  });
});

describe.each(all)('%s', (_name, gpu) => {
  test('has twice its 16-bit rate in fp8, or no fp8 at all', () => {
    if (gpu.fp8Tflops === undefined) return;
    expect(gpu.fp8Tflops / gpu.bf16Tflops).toBeCloseTo(2, 1);
  });

  test('is balanced as such cards are', () => {
    // Operations per byte: 76 on an RTX 3090, 419 on an L40S.
    const intensity = (gpu.bf16Tflops * 1e12) / (gpu.bandwidthGBps * 1e9);
    expect(intensity).toBeGreaterThan(60);
    expect(intensity).toBeLessThan(450);
    // Seconds to read the whole memory: 19 ms on an RTX 5090, 79 ms on an L4.
    expect(gpu.memoryBytes / (gpu.bandwidthGBps * 1e9)).toBeGreaterThan(0.015);
    expect(gpu.memoryBytes / (gpu.bandwidthGBps * 1e9)).toBeLessThan(0.1);
  });

  test('has less memory than the box says', () => {
    const gib = gpu.memoryBytes / 2 ** 30;
    const sold = [8, 12, 16, 24, 32, 40, 48, 80, 94, 96, 141, 180, 192];
    const next = sold.find((size) => size > gib * 0.99);
    expect(next).toBeDefined();
    expect(gib / next!).toBeGreaterThan(0.9);
  });

  test('reaches its neighbours as fast as its kind of link can', () => {
    const fastest = { pcie: 64, nvlink: 900, 'infinity-fabric': 450 }[gpu.linkKind];
    expect(gpu.linkGBps).toBeLessThanOrEqual(fastest);
    if (gpu.linkKind !== 'pcie') expect(gpu.linkGBps).toBeGreaterThan(64);
  });

  test('says where its figures are from', () => {
    expect(gpu.source).toMatch(/data sheet|white paper/);
    expect(gpu.tdpWatts).toBeGreaterThan(0);
  });
});
