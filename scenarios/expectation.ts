import { z } from 'zod';
import { knownName } from './known-name.ts';

/** Names that an expectation may hold. */
export interface ExpectationNames {
  readonly metrics: readonly string[];
  readonly strategies: readonly { readonly name: string }[];
}

/**
 * What the author of a scenario believes. It is data, so that a report can say whether it came
 * true, and is not forgotten when it did not.
 */
export function expectationSchema({ metrics, strategies }: ExpectationNames) {
  const names = strategies.map(({ name }) => name);
  const some = () => z.array(knownName('strategy', names)).max(100).default([]);
  return z.strictObject({
    by: knownName('metric', metrics)
      .default('ttftP99Ms')
      .describe('The metric that decides, as in docs/metrics.md.'),
    best: some().describe('The best strategy is one of these.'),
    worse: some().describe('Each of these is worse than the best, by more than chance.'),
  });
}

export type Expectation = z.output<ReturnType<typeof expectationSchema>>;
