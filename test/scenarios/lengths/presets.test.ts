import { expect, test } from 'vitest';
import { fittedLengths } from '../../../scenarios/lengths/fitted-lengths.ts';
import { drawLengths } from '../../support/lengths.ts';
import { mean } from '../../support/moments.ts';

const seeds = Array.from({ length: 20 }, (_, index) => index + 1);

/** Means of the traces that the mixtures were fitted to. */
const empiricalMeans = {
  'azure-chat-input': 1_246.27,
  'azure-chat-output': 203.83,
  'azure-code-input': 2_033.39,
  'azure-code-output': 27.5,
  'mooncake-chat-input': 12_427.96,
  'mooncake-chat-output': 347.08,
  'reasoning-input': 930.28,
  'reasoning-output': 1_286.21,
};

test('every preset is compared with its trace', () => {
  expect(Object.keys(empiricalMeans)).toEqual(Object.keys(fittedLengths));
});

test.each(Object.entries(empiricalMeans))(
  'the preset %s has, clamped, the mean of its trace within 5 %%',
  (name, expected) => {
    const samples = seeds.map((seed) =>
      drawLengths({ kind: 'preset', name }, { seed, count: 20_000 }),
    );
    expect(Math.abs(mean(samples.map(mean)) / expected - 1)).toBeLessThan(0.05);
    const { clamp } = fittedLengths[name as keyof typeof fittedLengths];
    for (const length of samples.flat()) {
      if (length < clamp[0] || length > clamp[1]) expect.fail(`${name}: ${length}`);
    }
  },
);
