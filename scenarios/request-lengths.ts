import { createPlugin } from '../core/plugin.ts';
import type { Random } from '../core/random.ts';
import { weightedChoice } from '../core/weighted-choice.ts';
import { lengths } from './lengths/registry.ts';
import type { Tenant } from './scenario.ts';

export interface RequestLengths {
  readonly promptTokens: number;
  readonly outputTokens: number;
}

/** Draws the lengths of one request after the other. */
export function requestLengths(
  { growth, input, output, lengths: rows }: Tenant,
  chance: (purpose: string) => Random,
): () => RequestLengths {
  const factor = growth?.promptTokens ?? 1;
  const grown = (tokens: number) => Math.max(1, Math.round(tokens * factor));
  if (rows !== undefined) {
    const weights = rows.map(([, , weight]) => weight ?? 1);
    const choose = weightedChoice(weights, chance('lengths'));
    return () => {
      const [promptTokens, outputTokens] = rows[choose()]!;
      return { promptTokens: grown(promptTokens), outputTokens };
    };
  }
  // Streams of their own: in real chat and code traffic the two are all but independent.
  const prompts = createPlugin(lengths, input!, chance('input'));
  const outputs = createPlugin(lengths, output!, chance('output'));
  return () => ({ promptTokens: grown(prompts.next()), outputTokens: outputs.next() });
}
