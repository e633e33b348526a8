import { readFileSync } from 'node:fs';
import { FairleadError } from '../core/errors.ts';
import { parseUserProfile, type UserProfile } from '../sim/step-time/user-profile.ts';

/** Reads a step-time profile of the user's own. */
export function readStepProfile(path: string): UserProfile {
  return parseUserProfile(read(path), path);
}

function read(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    const message = `${path}: cannot be read (${(error as Error).message}). Give the path of a profile, as docs/step-time.md has it.`;
    throw new FairleadError('PROFILE_INVALID', message);
  }
}
