import type { LadderOptions } from '../../experiments/ladder/ladder.ts';
import { parseThreshold } from '../../scenarios/thresholds.ts';
import { smallScenario } from './scenarios.ts';

/** Random against least-requests where two replicas with few places give in at about 30 a second. */
export function smallLadder(): LadderOptions & { readonly range: { readonly kind: 'between' } } {
  return {
    scenario: {
      ...smallScenario({ engine: { maxNumSeqs: 4 }, duration: '40s' }),
      // A mean is as smooth as the rate, where a p99 jumps with every request.
      slo: ['ttft.mean < 100ms', 'ttft.p99 < 5s'].map(parseThreshold),
    },
    strategies: ['random', 'least-requests'].map((name) => ({ name, options: {} })),
    seeds: [1, 2],
    range: { axis: 'rate', kind: 'between', from: 22, to: 36 },
    version: 'test',
  };
}
