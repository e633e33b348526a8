import { z } from 'zod';
import { FairleadError } from '../core/errors.ts';
import { parseThreshold } from './thresholds.ts';

export const thresholdSchema = z
  .string()
  .superRefine((text, context) => {
    try {
      parseThreshold(text);
    } catch (error) {
      if (!(error instanceof FairleadError)) throw error;
      context.addIssue({ code: 'custom', message: error.message, params: { complete: true } });
    }
  })
  .meta({ examples: ['ttft.p99 < 500ms'] });
