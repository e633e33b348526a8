import { count } from '../quantities.ts';

export function blockTokens(usual: number) {
  return count({ max: 1_048_576, example: usual })
    .default(usual)
    .describe('Tokens that one block id stands for.');
}
