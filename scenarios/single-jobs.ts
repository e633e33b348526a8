import type { JobContext, JobMaker } from './jobs.ts';
import { type PrefixOptions, PrefixTree } from './prefix-tree.ts';
import type { RequestLengths } from './request-lengths.ts';

/** Jobs of a single request each, for users who do one after the other. */
export function singleJobs(
  options: PrefixOptions,
  nextLengths: () => RequestLengths,
  context: JobContext,
): JobMaker {
  const prefix = new PrefixTree(options, context);
  return {
    next: (member) => {
      const { promptTokens: tokens, outputTokens } = nextLengths();
      const text = context.texts.unique();
      const prompt = [...prefix.next(member), { text, from: 0, tokens }];
      const request = { prompt, outputTokens, answer: { text, from: tokens } };
      return { rounds: [{ waitUs: 0, requests: [request] }] };
    },
  };
}
