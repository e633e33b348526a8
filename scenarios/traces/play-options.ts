import { z } from 'zod';
import { FairleadError } from '../../core/errors.ts';
import { explainIssue } from '../explain-issue.ts';
import { positive, share } from '../quantities.ts';

const longestS = 10 * 365 * 86_400;
const seconds = () => z.number().min(0).max(longestS);

/** What to make of the rows of any trace. */
export const playSchema = z.strictObject({
  fromS: seconds()
    .default(0)
    .describe('Rows before are left out, and time counts from here; seconds of the trace itself.')
    .meta({ examples: [300] }),
  untilS: seconds()
    .optional()
    .describe('Rows from here on are left out; seconds of the trace itself.')
    .meta({ examples: [900] }),
  rateScale: positive({ min: 1e-6, max: 1e6, example: 2 })
    .default(1)
    .describe('Times are divided by this: 2 is twice the traffic.'),
  sampleSessions: share({ example: 0.1 })
    .default(1)
    .describe('Share of the sessions to keep. Single requests are never drawn: prefixes would go.'),
  dequantizeMs: z
    .number()
    .min(0)
    .max(86_400_000)
    .optional()
    .describe('Spreads rows evenly inside a tick so wide; 0 does not. The format has a default.')
    .meta({ examples: [3_000] }),
  sort: z
    .boolean()
    .optional()
    .describe('Puts the rows in order of time first, which takes them all into memory.')
    .meta({ examples: [true] }),
  skipBad: z
    .int()
    .min(0)
    .max(1_000_000_000)
    .default(0)
    .describe('So many bad rows are counted and left out; one more is an error.')
    .meta({ examples: [10] }),
  seed: z
    .int()
    .min(0)
    .max(Number.MAX_SAFE_INTEGER)
    .default(1)
    .describe('Of all chance: places inside ticks, sessions that are kept, rows of a model.')
    .meta({ examples: [1] }),
});

export type PlayOptions = z.output<typeof playSchema>;

export function parsePlay(given: unknown, file: string): PlayOptions {
  const play = parseOptions(playSchema, given, file);
  if (play.untilS !== undefined && play.untilS <= play.fromS) {
    const message = `${file}: untilS ${play.untilS} is not after fromS ${play.fromS}.`;
    throw new FairleadError('TRACE_OPTIONS', message);
  }
  return play;
}

/** The options, defaults filled in; or a complaint about each wrong one. */
export function parseOptions<Schema extends z.ZodType>(
  schema: Schema,
  given: unknown,
  file: string,
): z.output<Schema> {
  const result = schema.safeParse(given, { reportInput: true });
  if (result.success) return result.data;
  const complaints = result.error.issues.flatMap((issue) => explainIssue(issue, schema));
  const messages = complaints.map(({ path, message }) => `${file}: ${path.join('.')}: ${message}`);
  throw new FairleadError('TRACE_OPTIONS', messages.join('\n'));
}
