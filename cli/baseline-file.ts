import { existsSync, readFileSync } from 'node:fs';
import { z } from 'zod';
import { FairleadError } from '../core/errors.ts';
import {
  type Baseline,
  baselineSchema,
  baselineText,
  baselineVersion,
} from '../reports/gate/baseline.ts';
import { writeFile } from './run-folder.ts';

export const emptyBaseline: Baseline = {
  kind: 'gate-baseline',
  schemaVersion: baselineVersion,
  scenarios: {},
};

/** As it was committed; there has to be one. */
export function readBaseline(path: string): Baseline {
  if (existsSync(path)) return parsed(path);
  const message = `${path}: there is no such file. Make it with the same command and --update-baseline, and commit it.`;
  throw new FairleadError('RUN_NOT_FOUND', message);
}

/** To be written again: one that is not there yet is empty. */
export function readBaselineIfAny(path: string): Baseline {
  return existsSync(path) ? parsed(path) : emptyBaseline;
}

export function writeBaseline(path: string, baseline: Baseline): void {
  writeFile(path, baselineText(baseline));
}

function parsed(path: string): Baseline {
  const found = reading(path);
  const checked = baselineSchema.safeParse(found);
  if (checked.success) return checked.data;
  const [issue] = checked.error.issues;
  const place = z.core.toDotPath(issue!.path);
  const message = `${path}: no baseline of "fairlead gate", or of another version (${place}: ${issue!.message}). Make it anew with --update-baseline.`;
  throw new FairleadError('RUN_UNREADABLE', message);
}

function reading(path: string): unknown {
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch (error) {
    const message = `${path}: could not be read as JSON (${(error as Error).message}). Check it out again, or make it anew with --update-baseline.`;
    throw new FairleadError('RUN_UNREADABLE', message);
  }
}
