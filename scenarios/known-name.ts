import { z } from 'zod';
import { suggestion } from '../core/closest.ts';

/** The example is what most scenarios write, where the folder that owns the names has it. */
export function knownName(what: string, names: readonly string[], example?: string) {
  return z
    .string()
    .superRefine((name, context) => {
      if (names.includes(name)) return;
      const message = `there is no ${what} "${name}". ${suggestion(name, names)}`;
      context.addIssue({ code: 'custom', message, params: { complete: true } });
    })
    .meta({ examples: [names.find((name) => name === example) ?? names[0]], enum: names });
}
