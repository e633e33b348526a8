import { PromptWriter } from '../scenarios/prompts/prompt-writer.ts';
import { medianCostS } from './measure.ts';
import { atLeast, type Benchmark } from './result.ts';

const promptTokens = 12_000;
const prompts = 200;

/**
 * A thousand prompts of 12,000 tokens a second are 70 MB of text; twice that leaves half of the time
 * of a core for sending them.
 */
const goalMbPerCpuS = 140;

/** How fast prompts for a live server are written, down to the bytes that are sent. */
export function promptBenchmarks(): Map<string, Benchmark> {
  return new Map<string, Benchmark>([
    [
      'prompts.mbPerCpuS',
      () => atLeast(goalMbPerCpuS, 1 / medianCostS(writtenMb), 'MB per CPU second'),
    ],
  ]);
}

/** Each a system prompt and a text of its own, as in a chat. */
function writtenMb(run: number): number {
  const writer = new PromptWriter({ runSalt: `run ${run}` });
  let bytes = 0;
  for (let text = 1; text <= prompts; text++) {
    const prompt = [
      { text: 0, from: 0, tokens: promptTokens / 4 },
      { text, from: 0, tokens: (promptTokens * 3) / 4 },
    ];
    bytes += Buffer.from(writer.text(prompt)).length;
  }
  return bytes / 1e6;
}
