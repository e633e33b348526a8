import { Costs } from './shared/costs.ts';
import { Draws } from './shared/draws.ts';
import { Reports, reportOptions } from './shared/reported.ts';
import { defineStrategy } from './strategy.ts';

/**
 * Known as least-gpu-cache, too. A slow signal: vLLM counts only blocks that a request refers to,
 * so a warm cache reads zero, and the use of a block lasts as long as the answer.
 */
export default defineStrategy({
  name: 'least-kv',
  family: 'scraped',
  summary:
    'The replica that reports the least use of its KV cache (`vllm:kv_cache_usage_perc`), with the prompts sent since; ties by chance.',
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
          reports.writeKvUsage(values, i, candidates[i]!, nowUs);
        }
        return costs.least(candidates, draws);
      },
    };
  },
});
