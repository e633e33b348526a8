import { z } from 'zod';
import { defineLength } from '../lengths.ts';
import { type FittedLength, fittedLengths } from './fitted-lengths.ts';
import mixture from './mixture.ts';

const names = Object.keys(fittedLengths) as [FittedLength, ...FittedLength[]];

export default defineLength({
  kind: 'preset',
  summary: 'A mixture of three log-normals that was fitted to a public trace.',
  options: {
    name: z.enum(names).meta({ examples: ['azure-chat-input'] }),
  },
  create({ name }, random) {
    const { parts, clamp } = fittedLengths[name];
    const options = {
      kind: 'mixture',
      min: clamp[0],
      max: clamp[1],
      parts: parts.map(([weight, mu, sigma]) => ({
        weight,
        length: { kind: 'log-normal', mu, sigma },
      })),
    };
    return mixture.create(options, random);
  },
});
