import { positive } from '../quantities.ts';

/** Mean and spread of the length itself, as they are before the clamp. */
export const momentOptions = {
  mean: positive({ min: 0.001, max: 1_000_000, example: 1246 }).describe(
    'Mean, in tokens, before the clamp.',
  ),
  sd: positive({ min: 0.001, max: 1_000_000, example: 1204 }).describe(
    'Standard deviation, in tokens.',
  ),
};

/** Where the shape follows from the spread, it must be one that numbers can hold. */
export function spreadProblem({ mean, sd }: { mean: number; sd: number }): string | undefined {
  const cv = sd / mean;
  if (cv >= 0.01 && cv <= 100) return undefined;
  return `sd ${sd} is ${cv < 1 ? 'less than a hundredth' : 'more than a hundred times'} of mean ${mean}. Write one in between.`;
}
