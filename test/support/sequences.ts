import { Sequence } from '../../sim/replica/sequence.ts';

/** A request that shares nothing with any other, and whose end the engine knows. */
export function plainSequence(id: number, promptTokens: number, outputTokens: number): Sequence {
  return new Sequence({
    promptTokens,
    outputTokens,
    finish: 'length',
    priority: 0,
    adapter: 0,
    cacheSalt: 0,
    prompt: [{ text: id, from: 0, tokens: promptTokens }],
    answer: { text: id, from: promptTokens },
  });
}
