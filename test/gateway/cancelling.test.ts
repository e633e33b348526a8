import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Gateway } from '../../gateway/gateway.ts';
import type { GatewayRequest } from '../../gateway/gateway-request.ts';
import type { Strategy } from '../../strategies/strategy.ts';
import { anyUsage, newRequest, unknownReplicas } from '../support/views.ts';

/** One request at a time; told of every start and end, so that its own books can be checked. */
function oneAtATime(): Strategy & { inFlight: number } {
  return {
    inFlight: 0,
    pick: (_request, [first]) => (first!.inFlight === 0 ? first! : 'hold'),
    onDispatched() {
      this.inFlight += 1;
    },
    onEnded() {
      this.inFlight -= 1;
    },
  };
}

const step = fc.record({
  kind: fc.constantFrom('arrive', 'arrive', 'end', 'cancel', 'timeout'),
  who: fc.nat(),
});

test('whoever goes away frees his place at once, held or running, and only once', () => {
  const property = fc.property(fc.array(step, { maxLength: 100 }), (steps) => {
    const strategy = oneAtATime();
    const [outcomes, aborted] = [new Map<number, string>(), [] as number[]];
    let running: GatewayRequest<null> | undefined;
    const gateway = new Gateway<null>({
      replicas: unknownReplicas(1),
      strategy,
      backend: {
        start: ({ request }) => {
          expect(running).toBeUndefined();
          running = request;
        },
        abort: ({ request }) => {
          expect(request).toBe(running);
          running = undefined;
          aborted.push(request.id);
        },
      },
      onOutcome: ({ id, outcome }) => {
        expect(outcomes.has(id)).toBe(false);
        outcomes.set(id, outcome!);
      },
      checkInvariants: true,
    });
    const all: GatewayRequest<null>[] = [];
    for (const [nowUs, { kind, who }] of steps.entries()) {
      if (kind === 'arrive') {
        all.push(newRequest(all.length, nowUs));
        gateway.submit(all.at(-1)!, nowUs);
      } else if (kind === 'end') {
        const ended = running;
        running = undefined;
        if (ended !== undefined) gateway.onEnd(ended.attempt!, anyUsage, nowUs);
      } else if (all.length > 0) {
        const request = all[who % all.length]!;
        const before = outcomes.get(request.id);
        const wasRunning = request === running;
        const outcome = kind === 'cancel' ? 'cancelled' : 'timeout';
        gateway.cancel(request, outcome, nowUs);
        expect(outcomes.get(request.id)).toBe(before ?? outcome);
        expect(aborted.includes(request.id) || !wasRunning).toBe(true);
      }
      expect(gateway.inSystem).toBe(all.length - outcomes.size);
      expect(strategy.inFlight).toBe(Math.min(1, gateway.inSystem));
      // Whoever waits longest is the one that runs.
      const live = all.filter(({ id }) => !outcomes.has(id));
      expect(running).toBe(live[0]);
    }
    gateway.close(steps.length);
    expect(outcomes.size).toBe(all.length);
  });
  fc.assert(property, { seed: 1, numRuns: 300 });
});
