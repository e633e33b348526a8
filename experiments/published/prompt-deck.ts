import type { Passage } from '../../core/passage.ts';
import { RequestStream } from '../../scenarios/request-stream.ts';
import type { Scenario } from '../../scenarios/scenario.ts';

/**
 * Every beginning that the prompts of the first tenant can have, shuffled. Whoever deals them out
 * like this has each once before any comes again, which is hard on a cache that forgets what was
 * used longest ago; drawing each by chance is easier.
 */
export function promptDeck(scenario: Scenario, seed: number): (readonly Passage[])[] {
  const size = scenario.traffic[0]!.prefix.reduce((texts, { choices }) => texts * choices, 1);
  const stream = new RequestStream(scenario, seed);
  const found = new Map<string, readonly Passage[]>();
  while (found.size < size) {
    const beginning = stream.next().prompt.slice(0, -1);
    found.set(beginning.map(({ text }) => text).join(), beginning);
  }
  return [...found.values()];
}
