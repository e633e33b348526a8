import { Costs } from './shared/costs.ts';
import { Draws } from './shared/draws.ts';
import { Reports, reportOptions } from './shared/reported.ts';
import { defineStrategy } from './strategy.ts';

/**
 * The queue-depth rule of Gateway API Inference Extension and of llm-d, which scrape every 50 ms.
 * Uncorrected, and with ties that go to the first in a list, it is the classic herd.
 */
export default defineStrategy({
  name: 'least-waiting',
  family: 'scraped',
  summary:
    'The replica that reports the fewest waiting requests (`vllm:num_requests_waiting`), with those sent since; ties by chance.',
  needs: ['signals'],
  options: reportOptions,
  create(options, { random }) {
    const reports = new Reports(options);
    const costs = new Costs();
    const draws = new Draws(random);
    return {
      pick(_request, candidates, nowUs) {
        const values = costs.of(candidates);
        for (let i = 0; i < candidates.length; i++) {
          reports.writeWaiting(values, i, candidates[i]!, nowUs);
        }
        return costs.least(candidates, draws);
      },
    };
  },
});
