import { z } from 'zod';
import { FairleadError } from '../../core/errors.ts';
import { explainIssue } from '../../scenarios/explain-issue.ts';

const duration = z.number().min(0).max(1e6);
const count = z.number().int().min(0).max(1e9);
const errorPct = z.number().min(0).max(1_000);

const mixedSchema = z.strictObject({
  baseMs: duration.default(0),
  tokenMs: duration.default(0),
  shortTokenMs: duration.default(0),
  sequenceMs: duration.default(0),
  contextMs: duration.default(0),
  meanContextMs: duration.default(0),
});

const coefficientsSchema = z
  .strictObject({
    baseMs: duration,
    knots: z.array(z.number().int().min(0).max(1e6)).min(1).max(64),
    tokenMs: z.array(duration).min(1).max(64),
    sequenceMs: duration.default(0),
    contextMs: duration.default(0),
    narrowContextMs: duration.default(0),
    meanContextMs: duration.default(0),
    attentionMs: duration.default(0),
    historyMs: duration.default(0),
    mixed: mixedSchema.prefault({}),
  })
  .refine(({ knots, tokenMs }) => knots.length === tokenMs.length, {
    path: ['tokenMs'],
    message: 'it needs one slope for each knot.',
    params: { complete: true },
  })
  .refine(({ baseMs, tokenMs }) => baseMs > 0 || tokenMs.some((slope) => slope > 0), {
    path: ['baseMs'],
    message: 'a step must take time: give a base or a slope above 0.',
    params: { complete: true },
  })
  .refine(({ knots }) => knots.every((knot, i) => i === 0 || knot > knots[i - 1]!), {
    path: ['knots'],
    message: 'each knot must be larger than the one before.',
    params: { complete: true },
  });

/** A profile of the user's own: the same coefficients as the built-in ones, and the host. */
export const userProfileSchema = z.strictObject({
  name: z.string().min(1),
  coefficients: coefficientsSchema,
  host: z
    .strictObject({ stepMs: duration.default(0), sequenceMs: duration.default(0) })
    .prefault({}),
  range: z
    .strictObject({
      tokens: count,
      decodeSeqs: count,
      decodeContext: count,
      meanContext: count,
      prefillHistory: count,
    })
    .optional(),
  errorPct: z.strictObject({ decode: errorPct, prefill: errorPct, mixed: errorPct }).optional(),
});

export type UserProfile = z.output<typeof userProfileSchema>;

/** Reads the text of a profile; `origin` is what the user calls the file. */
export function parseUserProfile(text: string, origin: string): UserProfile {
  return checkUserProfile(json(text, origin), origin);
}

export function checkUserProfile(value: unknown, origin = 'stepTime.profile'): UserProfile {
  const result = userProfileSchema.safeParse(value, { reportInput: true });
  if (result.success) return result.data;
  const complaints = result.error.issues
    .flatMap((issue) => explainIssue(issue, userProfileSchema))
    .map(({ path, message }) => `${origin}: ${path.join('.') || 'the profile'}: ${message}`);
  throw new FairleadError('PROFILE_INVALID', complaints.join('\n'));
}

function json(text: string, origin: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new FairleadError('PROFILE_INVALID', `${origin}: it is not valid JSON: ${reason}`);
  }
}
