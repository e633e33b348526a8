import { z } from 'zod';
import { createPlugin, pluginUnion } from '../core/plugin.ts';
import type { Random } from '../core/random.ts';
import { lengths } from './lengths/registry.ts';
import type { LengthDistribution } from './lengths.ts';
import { count, tokens } from './quantities.ts';

/** A number, which is always the same, or a distribution of them. */
export function lengthOption(example: number) {
  return z.union([tokens(), pluginUnion(lengths)]).meta({ examples: [example] });
}

/** How many of something; a draw beyond the bound becomes the bound. */
export function countOption({ example, max }: { example: number; max: number }) {
  return z.union([count({ max, example }), pluginUnion(lengths)]).meta({ examples: [example] });
}

export type LengthOption = z.output<ReturnType<typeof lengthOption>>;

export function createLength(option: LengthOption, random: Random): LengthDistribution {
  return typeof option === 'number'
    ? { next: () => option }
    : createPlugin(lengths, option, random);
}

export function createCount(option: LengthOption, max: number, random: Random): () => number {
  const drawn = createLength(option, random);
  return () => Math.min(max, drawn.next());
}
