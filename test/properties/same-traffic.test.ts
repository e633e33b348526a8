import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  type RequestSource,
  type RequestSpec,
  RequestStream,
} from '../../scenarios/request-stream.ts';
import type { Scenario } from '../../scenarios/scenario.ts';
import { simulate } from '../../sim/simulate.ts';
import { strategies } from '../../strategies/registry.ts';
import type { StrategyDefinition } from '../../strategies/strategy.ts';
import { attributesOf, byName, mixedTraffic } from '../support/mixed-traffic.ts';
import { playTraffic, randomAnswers, requestsOf } from '../support/played-traffic.ts';
import { smallScenario } from '../support/scenarios.ts';

/** Compares what both have; a faster fleet gets further. Returns how much that is. */
function expectSameRequests(ours: readonly RequestSpec[], theirs: readonly RequestSpec[]): number {
  const others = byName(theirs);
  let compared = 0;
  for (const [name, request] of byName(ours)) {
    const other = others.get(name);
    if (other === undefined) continue;
    expect(attributesOf(request)).toEqual(attributesOf(other));
    // A first request that came by a process of its own came when it came.
    const isFree = request.tenant.startsWith('open') || /^(talk|agents)/.test(request.tenant);
    if (isFree && request.turn <= 1) expect(request.arrivalUs).toBe(other.arrivalUs);
    compared += 1;
  }
  return compared;
}

test('how long answers take changes nothing about requests but when they come', () => {
  const property = fc.property(fc.nat(), fc.nat(30), fc.nat(30), (seed, fastS, slowS) => {
    const [fast, slow] = [fastS, slowS].map((mostS, index) =>
      playTraffic(mixedTraffic, 400, {
        seed,
        answerUs: randomAnswers(`${seed}/${index}`, mostS),
      }),
    );
    expect(expectSameRequests(requestsOf(fast!), requestsOf(slow!))).toBeGreaterThan(100);
  });
  fc.assert(property, { seed: 1, numRuns: 40 });
});

/** What a run was really sent. */
function sent(scenario: Scenario, strategy: StrategyDefinition, seed: number): RequestSpec[] {
  const stream = new RequestStream(scenario, seed);
  const requests: RequestSpec[] = [];
  const traffic: RequestSource = {
    get nextArrivalUs() {
      return stream.nextArrivalUs;
    },
    next() {
      const request = stream.next();
      requests.push(request);
      return request;
    },
    ended: (id, nowUs) => stream.ended?.(id, nowUs),
  };
  simulate({ scenario, strategy, strategyOptions: {}, seed, traffic, checkInvariants: true });
  return requests;
}

test('neither strategy nor replica count changes anything about requests but when they come', () => {
  for (const seed of [1, 2, 3]) {
    const runs = [1, 2, 5].flatMap((replicas) => {
      const scenario = smallScenario({
        replicas,
        engine: { maxNumSeqs: 8 },
        traffic: mixedTraffic,
        duration: '6s',
      });
      return strategies.map((strategy) => sent(scenario, strategy, seed));
    });
    const [first, ...others] = runs;
    for (const other of others) {
      expect(expectSameRequests(first!, other)).toBeGreaterThan(80);
    }
    const isOpen = ({ tenant }: RequestSpec) => tenant.startsWith('open');
    const open = runs.map((requests) => requests.filter(isOpen));
    const shortest = Math.min(...open.map((requests) => requests.length));
    expect(shortest).toBeGreaterThan(25);
    const plain = open.map((requests) =>
      requests.slice(0, shortest).map(({ client, id, ...rest }) => ({ ...rest })),
    );
    for (const other of plain) expect(other).toEqual(plain[0]);
  }
});
