import { plainRequest } from '../../scenarios/plain-request.ts';
import { Sequence } from '../../sim/replica/sequence.ts';

/** A request that shares nothing with any other, and whose end the engine knows. */
export function plainSequence(id: number, promptTokens: number, outputTokens: number): Sequence {
  const lengths = { promptTokens, outputTokens };
  return new Sequence(plainRequest({ id, arrivalUs: 0, tenant: 'chat', ...lengths }));
}
