import { z } from 'zod';
import { pluginUnion } from '../core/plugin.ts';
import { arrivals } from './arrivals/registry.ts';
import { lengths } from './lengths/registry.ts';
import { tokens, weight } from './quantities.ts';

export const tenantSchema = z
  .strictObject({
    tenant: z
      .string()
      .regex(/^[A-Za-z0-9][\w.-]{0,62}$/, 'expected letters, digits, dots, dashes, underscores')
      .default('default')
      .meta({ examples: ['chat'] })
      .describe('Who sends; its random numbers belong to this name.'),
    arrivals: pluginUnion(arrivals)
      .meta({ examples: [{ kind: 'poisson', rate: 16 }] })
      .describe('When requests come.'),
    input: lengthSchema().optional().describe('Prompt tokens.'),
    output: lengthSchema()
      .optional()
      .describe('Tokens to generate; strategies never see this number.'),
    lengths: z
      .array(z.tuple([tokens(), tokens(), weight().optional()]))
      .min(1)
      .max(100_000)
      .meta({
        examples: [
          [
            [374, 44],
            [1024, 115, 3],
          ],
        ],
      })
      .optional()
      .describe('In place of input and output: rows of both, with a weight if not all are alike.'),
    finish: z
      .enum(['length', 'stop'])
      .default('length')
      .describe(
        'Whether answers end by max_tokens, which the engine foresees, or by a stop token.',
      ),
    priority: z
      .int()
      .min(-1_000_000)
      .max(1_000_000)
      .default(0)
      .meta({ examples: [0] })
      .describe('Lower goes first where the engine schedules by priority.'),
    adapter: z
      .string()
      .min(1)
      .max(200)
      .optional()
      .meta({ examples: ['sql-lora'] })
      .describe('The LoRA adapter that requests ask for.'),
  })
  .superRefine((tenant, context) => {
    for (const key of ['input', 'output'] as const) {
      const isMissing = tenant[key] === undefined;
      if (isMissing === (tenant.lengths !== undefined)) continue;
      if (isMissing) {
        context.addIssue({
          code: 'invalid_type',
          expected: 'object',
          input: undefined,
          path: [key],
        });
      } else {
        const message = 'there are lengths already, and they say both. Leave one of them out.';
        context.addIssue({ code: 'custom', message, path: [key], params: { complete: true } });
      }
    }
  });

function lengthSchema() {
  return pluginUnion(lengths).meta({ examples: [{ kind: 'constant', tokens: 512 }] });
}
