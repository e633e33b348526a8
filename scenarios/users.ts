import { z } from 'zod';
import { US_PER_S, usOf } from '../core/time.ts';
import { count, duration } from './quantities.ts';
import { waitOption } from './waits.ts';

const hourUs = 3_600 * US_PER_S;

/** A closed loop: so many users, each of whom begins a job only when the last one is over. */
export const usersSchema = z.strictObject({
  users: count({ max: 1_000_000, example: 32 }).describe(
    'How many; without a pause, the concurrency.',
  ),
  pause: waitOption().default('0s').describe('From the end of a job to the next.'),
  rampUp: duration({ minUs: 0, maxUs: 24 * hourUs, example: '30s' })
    .default('0s')
    .describe('They begin one after the other over this time.'),
});

export type UsersOptions = z.output<typeof usersSchema>;

/** When each user begins, evenly spread. */
export function firstStartsUs({ rampUp, users }: UsersOptions): number[] {
  const rampUpUs = usOf(rampUp);
  return Array.from({ length: users }, (_, user) => Math.round((user * rampUpUs) / users));
}
