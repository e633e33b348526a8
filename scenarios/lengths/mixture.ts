import { z } from 'zod';
import { createPlugin, pluginUnion } from '../../core/plugin.ts';
import { weightedChoice } from '../../core/weighted-choice.ts';
import { defineLength } from '../lengths.ts';
import { weight } from '../quantities.ts';
import { clamped, clampOptions, clampProblem } from './clamp.ts';
import { lengths } from './registry.ts';

// The registry holds this file and this file needs the registry, so the parts are put together
// only when the first schema is asked for.
const part = z.lazy(() =>
  z.strictObject({
    weight: weight(),
    length: pluginUnion(lengths.filter(({ kind }) => kind !== 'mixture')),
  }),
);

export default defineLength({
  kind: 'mixture',
  summary: 'Each request draws from one of the parts, by weight; the whole is clamped.',
  options: {
    parts: z
      .array(part)
      .min(1)
      .max(1_000)
      .meta({ examples: [[{ weight: 1, length: { kind: 'constant', tokens: 512 } }]] })
      .describe('Weights need no sum of one.'),
    ...clampOptions,
  },
  problem: clampProblem,
  create({ parts, ...clamp }, random) {
    const distributions = parts.map(({ length }) => createPlugin(lengths, length, random));
    const choose = weightedChoice(
      parts.map(({ weight }) => weight),
      random,
    );
    return clamped(() => distributions[choose()]!.next(), clamp);
  },
});
