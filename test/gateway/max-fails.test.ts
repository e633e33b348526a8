import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Strategy } from '../../strategies/strategy.ts';
import { GatewayWorld } from '../support/gateway-world.ts';

// nginx 1.22, `ngx_http_upstream_get_peer` and `ngx_http_upstream_free_round_robin_peer`, written
// down as they are: nothing but comparisons at the moment of the pick.

class NginxPeer {
  fails = 0;
  accessed = 0;
  checked = 0;

  isEligible(now: number, maxFails: number, failTimeout: number): boolean {
    return !(maxFails > 0 && this.fails >= maxFails && now - this.checked <= failTimeout);
  }

  picked(now: number, failTimeout: number): void {
    if (now - this.checked > failTimeout) this.checked = now;
  }

  free(now: number, hasFailed: boolean): void {
    if (hasFailed) {
      this.fails += 1;
      this.accessed = now;
      this.checked = now;
    } else if (this.accessed < this.checked) {
      this.fails = 0;
    }
  }
}

const questions = fc.record({
  replicas: fc.integer({ min: 2, max: 4 }),
  maxFails: fc.nat(3),
  failTimeoutS: fc.integer({ min: 1, max: 4 }),
  steps: fc.array(
    fc.record({
      afterUs: fc.oneof(fc.nat(300_000), fc.nat(4_000_000), fc.constant(1_000_000)),
      kind: fc.constantFrom('submit', 'submit', 'ok', 'fail', 'fail', 'cancel'),
      who: fc.nat(99),
    }),
    { maxLength: 80 },
  ),
});

test('exactly those are offered that nginx would take', () => {
  let [refused, offered] = [0, 0];
  const property = fc.property(questions, ({ failTimeoutS, maxFails, replicas, steps }) => {
    const peers = Array.from({ length: replicas }, () => new NginxPeer());
    let eligible: number[] = [];
    const strategy: Strategy = {
      pick: (request, candidates) => {
        expect(candidates.map(({ index }) => index)).toEqual(eligible);
        offered += 1;
        return candidates[request.id % candidates.length]!;
      },
    };
    const passive = { kind: 'max-fails' as const, maxFails, failTimeoutS };
    const queue = {
      ...{ ordering: 'fcfs' as const, fairness: 'none' as const, maxLength: 1, maxWaitUs: 1e9 },
      ...{ shedLate: false, whenNoReplica: 'reject' as const, retryAfterUs: 1 },
    };
    const policy = { health: { passive, panicBelow: 0 }, queue };
    const world = new GatewayWorld({ replicas, policy, strategy });
    world.moods.fill('hangs');
    let atUs = 0;
    for (const { afterUs, kind, who } of steps) {
      atUs += afterUs;
      world.run(atUs);
      const now = Math.floor(atUs / 1e6);
      if (kind === 'submit') {
        eligible = peers.flatMap((peer, index) =>
          peer.isEligible(now, maxFails, failTimeoutS) ? [index] : [],
        );
        const { attempt, outcome } = world.submit();
        expect(outcome).toBe(eligible.length === 0 ? 'rejected' : undefined);
        if (attempt === undefined) refused += 1;
        else peers[attempt.replica.index]!.picked(now, failTimeoutS);
        continue;
      }
      const running = world.requests.filter(({ phase }) => phase === 'attempt');
      const request = running[who % running.length];
      if (request === undefined) continue;
      const { replica } = request.attempt!;
      const usage = { outputTokens: 1, cachedTokens: 0 };
      if (kind === 'ok') world.gateway.onEnd(request.attempt!, usage, atUs);
      else if (kind === 'fail') world.gateway.onError(request.attempt!, atUs);
      else world.gateway.cancel(request, 'cancelled', atUs);
      peers[replica.index]!.free(now, kind === 'fail');
    }
    world.gateway.close(atUs);
  });
  fc.assert(property, { seed: 1, numRuns: 1_000 });
  expect(refused).toBeGreaterThan(100);
  expect(offered).toBeGreaterThan(5_000);
});

test('a lone replica is never taken out', () => {
  const passive = { kind: 'max-fails' as const, maxFails: 1, failTimeoutS: 10 };
  const policy = { health: { passive, panicBelow: 0 } };
  const world = new GatewayWorld({ replicas: 1, policy });
  world.moods[0] = 'refuses';
  for (let atUs = 0; atUs < 5e6; atUs += 100_000) world.at(atUs, () => world.submit());
  world.run(5e6);
  world.finish();
  expect(world.starts).toHaveLength(50);
});

test('what breaks off after its first token is no failure, as in nginx', () => {
  // `ngx_http_upstream_finalize_request` frees the peer with a state of 0 once a header was sent.
  const passive = { kind: 'max-fails' as const, maxFails: 1, failTimeoutS: 10 };
  const world = new GatewayWorld({ replicas: 2, policy: { health: { passive, panicBelow: 0 } } });
  world.moods.fill('breaks');
  for (let atUs = 0; atUs < 5e6; atUs += 100_000) world.at(atUs, () => world.submit());
  world.run(5e6);
  expect(world.starts).toHaveLength(50);
  world.finish();
});
