import { describe, expect, test } from 'vitest';
import { fitTrace } from '../../scenarios/fit/fit-trace.ts';
import { readPublicTrace } from '../support/public-traces.ts';
import { hasTraceData } from '../support/trace-data.ts';

// What is fitted to the public traces is as they are: bursts within 20 %, lengths within 5 %.

const traces = [
  'azure2023/AzureLLMInferenceTrace_conv.csv.gz',
  'azure2023/AzureLLMInferenceTrace_code.csv.gz',
  'sharegpt/llmservingsim_workload_me2_01_mixed.jsonl.gz',
  'vidur/arxiv_summarization_stats_llama2_tokenizer_filtered_v2.csv.gz',
];

/** Minutes each: "npm run test:slow" fits them, too. */
const largeTraces = [
  'mooncake/conversation_trace.jsonl.gz',
  'derived/toolagent_like_DERIVED.jsonl.gz',
  'derived/burstgpt_shaped_week1_SYNTHETIC.csv.gz',
];
const isSlowRun = process.env['FAIRLEAD_LARGE_TRACES'] === '1';

describe.runIf(hasTraceData)('an imitation of', () => {
  test.each(isSlowRun ? [...traces, ...largeTraces] : traces)(
    '%s',
    async (file) => {
      const { rows, summary } = await readPublicTrace(file);
      const options = { tenant: 'imitation', timed: summary.timed, rateRps: 16 };
      const { figures } = fitTrace(rows, options);
      const bad = figures.filter(({ fitted, name, trace }) => {
        const allowed = /^(CV|dispersion)/.test(name) ? 0.2 : 0.05;
        // A quantile of one-digit lengths moves by whole tokens.
        const slack = /tokens, p/.test(name) ? 1 : 0;
        return Math.abs(fitted - trace) > Math.max(slack, allowed * trace);
      });
      expect(bad).toEqual([]);
      expect(figures.some(({ name }) => name.startsWith('dispersion'))).toBe(summary.timed);
    },
    600_000,
  );
});
