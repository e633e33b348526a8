import { Sequence } from '../../sim/replica/sequence.ts';

/** A request that shares nothing with any other, and whose end the engine knows. */
export function plainSequence(id: number, inputTokens: number, outputTokens: number): Sequence {
  return new Sequence({
    inputTokens,
    outputTokens,
    finish: 'length',
    priority: 0,
    adapter: 0,
    cacheSalt: 0,
    prompt: [{ text: id, from: 0, tokens: inputTokens }],
    answer: { text: id, from: inputTokens },
  });
}
