import { noLimits } from '../core/slo.ts';
import type { RequestSpec } from './request-stream.ts';

type Essential = 'arrivalUs' | 'id' | 'outputTokens' | 'promptTokens' | 'tenant';

/**
 * A request of no session, whose client waits for as long as it takes, with what is given. Unless
 * told otherwise nobody else has its text.
 */
export function plainRequest(
  given: Partial<RequestSpec> & Pick<RequestSpec, Essential>,
): RequestSpec {
  const { id, promptTokens } = given;
  return {
    session: 0,
    turn: 0,
    finish: 'length',
    priority: 0,
    adapter: 0,
    limits: noLimits,
    cacheSalt: 0,
    prompt: [{ text: id, from: 0, tokens: promptTokens }],
    answer: { text: id, from: promptTokens },
    client: undefined,
    leavesAfterUs: Number.POSITIVE_INFINITY,
    ...given,
  };
}
