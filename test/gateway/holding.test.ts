import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Gateway } from '../../gateway/gateway.ts';
import type { GatewayRequest } from '../../gateway/gateway-request.ts';
import type { Strategy } from '../../strategies/strategy.ts';
import { anyUsage, newRequest, unknownReplicas } from '../support/views.ts';

/** Sends only where there is a free slot, and lets all others wait. */
function slots(count: number): Strategy {
  return {
    pick: (_request, candidates) => candidates.find(({ inFlight }) => inFlight < count) ?? 'hold',
  };
}

const plan = fc.array(
  fc.oneof(
    { weight: 3, arbitrary: fc.constant({ kind: 'arrive' as const, who: 0 }) },
    { weight: 2, arbitrary: fc.record({ kind: fc.constant('end' as const), who: fc.nat() }) },
  ),
  { minLength: 1, maxLength: 120 },
);

test('held requests go out in the order they came, as many as slots become free', () => {
  const shape = fc.record({ replicas: fc.integer({ min: 1, max: 3 }), perReplica: fc.nat(2) });
  const property = fc.property(plan, shape, (steps, { replicas, perReplica }) => {
    const sent: number[] = [];
    const running: GatewayRequest<null>[] = [];
    const gateway = new Gateway<null>({
      replicas: unknownReplicas(replicas),
      strategy: slots(perReplica + 1),
      backend: {
        start: ({ request }) => {
          sent.push(request.id);
          running.push(request);
        },
        abort: () => {},
      },
      onOutcome: () => {},
      checkInvariants: true,
    });
    let arrived = 0;
    for (const [nowUs, { kind, who }] of steps.entries()) {
      if (kind === 'arrive') {
        gateway.submit(newRequest(arrived++, nowUs), nowUs);
      } else if (running.length > 0) {
        const [ended] = running.splice(who % running.length, 1);
        gateway.onEnd(ended!.attempt!, anyUsage, nowUs);
      }
      const free = replicas * (perReplica + 1) - running.length;
      expect(sent).toEqual(sent.map((_, index) => index));
      // Nobody waits while there is a free slot.
      expect(free === 0 || sent.length === arrived).toBe(true);
    }
    gateway.close(steps.length);
  });
  fc.assert(property, { seed: 1, numRuns: 300 });
});
