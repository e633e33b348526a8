import { z } from 'zod';
import { suggestion } from '../core/closest.ts';
import { formats } from './traces/formats/registry.ts';
import { playSchema } from './traces/play-options.ts';

const kinds = formats.map(({ kind }) => kind);
/** The part before the dash will do. */
const names = [...kinds, ...kinds.flatMap((kind) => kind.split('-', 1)).filter(isNoKind)];

function isNoKind(name: string): boolean {
  return !kinds.includes(name);
}

/** A trace to be played: where it is and how to read it, not what is in it. */
export const traceSchema = z
  .strictObject({
    file: z
      .string()
      .min(1)
      .max(4_096)
      .meta({ examples: ['AzureLLMInferenceTrace_conv.csv.gz'] })
      .describe('Path, from the folder of the scenario or else from the working directory.'),
    source: z
      .string()
      .min(1)
      .max(1_000)
      .optional()
      .meta({ examples: ['https://github.com/Azure/AzurePublicDataset'] })
      .describe('Where to get the file; said to whoever does not have it.'),
    format: z
      .string()
      .superRefine((name, context) => {
        if (names.includes(name)) return;
        const message = `there is no trace format "${name}". ${suggestion(name, kinds)}`;
        context.addIssue({ code: 'custom', message, params: { complete: true } });
      })
      .optional()
      .meta({ examples: ['azure-csv'], enum: names })
      .describe('Default: known by the beginning of the file.'),
    options: z
      .record(z.string(), z.unknown())
      .default({})
      .describe('Those of the format; docs/traces.md has them.'),
    play: playSchema.prefault({}).describe('The window, the pace and the like.'),
    inferSessions: z
      .boolean()
      .default(false)
      .describe('Where rows name no session, prompts that go on from another make one.'),
    repeat: z
      .boolean()
      .default(true)
      .describe('Whether the trace starts over when it ends, as another day with other texts.'),
    rotate: z
      .boolean()
      .optional()
      .describe('Each seed starts somewhere else in the trace. Default: where it repeats.'),
  })
  .superRefine(({ repeat, rotate = false }, context) => {
    if (repeat || !rotate) return;
    const message =
      'a trace that does not repeat is played from its start. Leave out rotate, or repeat: false.';
    context.addIssue({ code: 'custom', message, path: ['rotate'], params: { complete: true } });
  });

export type TraceOption = z.output<typeof traceSchema>;
