import { expect, test } from 'vitest';
import { GapHistogram } from '../../core/gap-histogram.ts';
import { Gateway } from '../../gateway/gateway.ts';
import { GatewayRequest } from '../../gateway/gateway-request.ts';
import { fleetTimeline } from '../../scenarios/fleet-timeline.ts';
import { createLockstep } from '../../sim/endpoints/lockstep.ts';
import { FleetDriver } from '../../sim/faults/fleet-driver.ts';
import { Fleet } from '../../sim/fleet.ts';
import { Replica } from '../../sim/replica/replica.ts';
import { Sequence, type SimulatedAttempt } from '../../sim/replica/sequence.ts';
import { type Process, Simulation } from '../../sim/simulation.ts';
import roundRobin from '../../strategies/round-robin.ts';
import { GivenRequests } from '../support/given-requests.ts';
import { plainEngine } from '../support/plain-fleet.ts';
import { smallScenario } from '../support/scenarios.ts';
import { strategyContext } from '../support/strategies.ts';

/** How many the metrics of a replica say are running, asked at 0.5 s, 1.5 s and so on. */
function runningBySecond(events: readonly Readonly<Record<string, unknown>>[]) {
  const scenario = smallScenario({ replicas: 1, engine: plainEngine, events });
  const timeline = fleetTimeline(scenario);
  const simulation = new Simulation();
  const listener = {
    onFirstToken: (attempt: SimulatedAttempt, now: number) => gateway.onFirstToken(attempt, now),
    onEnd: (attempt: SimulatedAttempt, now: number) =>
      gateway.onEnd(attempt, { outputTokens: 1, cachedTokens: 0 }, now),
    onError: (attempt: SimulatedAttempt, now: number) => gateway.onError(attempt, now),
  };
  const fleet: Fleet = new Fleet(
    { scenario, timeline, seed: 1 },
    {
      simulation,
      listener,
      gaps: new GapHistogram(),
      window: { fromUs: 0, untilUs: 1 },
      createReplica: (options) => new Replica(options),
      createLockstep,
    },
  );
  const gateway: Gateway<Sequence> = new Gateway({
    replicas: fleet.facts,
    strategy: roundRobin.create({}, strategyContext('round-robin')),
    backend: fleet,
    onOutcome: () => {},
    checkInvariants: true,
  });
  const seen: (number | undefined)[] = [];
  // One more request at the beginning of every second, each of which would run for an hour.
  const source = new GivenRequests(
    Array.from({ length: 8 }, (_, second) => ({ atMs: second * 1_000, outputTokens: 3_000 })),
  );
  const looker: Process = {
    priority: 2,
    slot: -1,
    wake: (nowUs) => {
      if (nowUs % 1e6 === 0) {
        const spec = source.next();
        gateway.submit(new GatewayRequest(spec, new Sequence(spec)), nowUs);
      } else {
        seen.push(fleet.load(0)?.running);
      }
      if (nowUs < 7e6) simulation.schedule(looker, nowUs + 5e5);
    },
  };
  simulation.add(looker);
  new FleetDriver({
    timeline,
    fleet,
    gateways: { all: [gateway], together: (_nowUs, change) => change() },
    simulation,
  }).start();
  simulation.schedule(looker, 0);
  simulation.run(() => simulation.nowUs >= 7e6);
  return seen;
}

const r1 = { replicas: ['r-1'] };
const none = undefined;

test('metrics say how it is', () => {
  expect(runningBySecond([])).toEqual([1, 2, 3, 4, 5, 6, 7]);
});

test('metrics that are lost say nothing, and frozen ones what they said last', () => {
  const lost = { kind: 'metrics', at: '2s', ...r1, mode: 'lost', for: '2s' };
  expect(runningBySecond([lost])).toEqual([1, 2, none, none, 5, 6, 7]);
  const frozen = { ...lost, mode: 'frozen', for: '3s' };
  expect(runningBySecond([frozen])).toEqual([1, 2, 2, 2, 2, 6, 7]);
  // It freezes when it could be read again.
  expect(runningBySecond([frozen, lost])).toEqual([1, 2, none, none, 4, 6, 7]);
  const later = { ...lost, at: '3s', for: '1s' };
  expect(runningBySecond([frozen, later])).toEqual([1, 2, 2, none, 2, 6, 7]);
});

test('who is down or cut off says nothing, and who is new has nothing to say', () => {
  const crash = { kind: 'crash', at: '2s', ...r1, down: '1s', warmUp: '1s' };
  expect(runningBySecond([crash])).toEqual([1, 2, none, none, 1, 2, 3]);
  const cut = { kind: 'network', at: '2s', ...r1, loss: 1, for: '2s' };
  expect(runningBySecond([cut])).toEqual([1, 2, none, none, 3, 4, 5]);
});
