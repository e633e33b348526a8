import { expect, test } from 'vitest';
import type { Attempt } from '../../gateway/attempt.ts';
import { Gateway } from '../../gateway/gateway.ts';
import type { GatewayPolicy } from '../../gateway/policy.ts';
import { anyUsage, newRequest, unknownReplicas } from '../support/views.ts';

const everything: GatewayPolicy = {
  health: {
    active: { everyUs: 1_000, timeoutUs: 500, fall: 2, rise: 1 },
    passive: {
      kind: 'ejection',
      consecutiveFailures: 2,
      baseUs: 1e9,
      maxUs: 1e9,
      maxShare: 0.9,
      forgiveUs: 1e6,
    },
    panicBelow: 0,
    slowStart: { windowUs: 100, leastShare: 0.5, by: 'weight' },
  },
  monitor: { windowUs: 10_000, alertShare: 0.8, leastRequests: 5 },
};

function gatewayOf(policy: GatewayPolicy) {
  const [facts, newcomer] = unknownReplicas(2);
  const asked: number[] = [];
  const alerts: string[] = [];
  let attempt: Attempt<null> | undefined;
  const gateway: Gateway<null> = new Gateway<null>({
    replicas: [facts!],
    strategy: { pick: (_request, candidates) => candidates.at(-1)! },
    backend: {
      start: (started) => {
        attempt = started;
      },
      abort: () => {},
      probe: ({ index }) => {
        asked.push(index);
      },
    },
    policy,
    clock: { wakeAt: () => {} },
    random: () => 0.5,
    onOutcome: () => {},
    onAlert: ({ replica }) => alerts.push(replica),
    checkInvariants: true,
  });
  let id = 0;
  const send = (nowUs: number) => {
    gateway.submit(newRequest(++id, nowUs), nowUs);
    return attempt!;
  };
  return { gateway, newcomer: newcomer!, send, asked, alerts };
}

test('a replica that is added later is watched over like the first', () => {
  const { alerts, asked, gateway, newcomer, send } = gatewayOf(everything);
  const index = gateway.add(newcomer);
  expect(send(0).replica.index).toBe(0);
  gateway.join(index, 10);
  for (let i = 0; i < 8; i++) gateway.onEnd(send(20 + i), anyUsage, 20 + i);
  expect(gateway.replicas[index]!.inFlight).toBe(0);
  expect(alerts).toEqual([newcomer.name]);
  for (let nowUs = 100; nowUs < 5_000; nowUs += 100) gateway.wake(nowUs);
  expect(asked.filter((one) => one === index).length).toBeGreaterThan(1);
  expect(gateway.replicas[index]).toMatchObject({ isDown: true, isInPool: true });
});

test('a replica that is added later is ejected like the first', () => {
  const { gateway, newcomer, send } = gatewayOf(everything);
  const index = gateway.add(newcomer);
  gateway.join(index, 0);
  for (let i = 0; i < 2; i++) gateway.onError(send(1), 1);
  expect(gateway.replicas[index]!.isEjected).toBe(true);
  expect(send(2).replica.index).toBe(0);
});
